import type { Json, JsonObject } from '../../../src/domain/log/envelope.ts';
import { isObject } from '../../../src/domain/unknown.ts';

/** `sessionId`: of the page where it happened. */
type Heard = (method: string, params: JsonObject, sessionId: Json) => void;

/** Chrome DevTools Protocol, as much as is needed: commands with their answers, and events. */
export type Devtools = {
  readonly send: (method: string, params?: JsonObject, sessionId?: string) => Promise<JsonObject>;
  readonly onEvent: (heard: Heard) => void;
  readonly close: () => void;
};

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

type Waiting = { readonly resolve: (result: JsonObject) => void; readonly reject: (error: Error) => void };

/** Connects to the browser's WebSocket; `sessionId` says which of its pages a command is for. */
export const connectDevtools = async (url: string): Promise<Devtools> => {
  const socket = new WebSocket(url);
  const waiting = new Map<number, Waiting>();
  const listeners: Heard[] = [];
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message: Json = JSON.parse(String(data));
    if (!isObject(message)) return;
    const { id, method, params, result, error, sessionId = null } = message;
    if (typeof method === 'string') for (const heard of listeners) heard(method, objectOf(params), sessionId);
    const one = typeof id === 'number' ? waiting.get(id) : undefined;
    if (typeof id !== 'number' || one === undefined) return;
    waiting.delete(id);
    if (error === undefined) one.resolve(objectOf(result));
    else one.reject(new Error(JSON.stringify(error)));
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`no connection to ${url}`)));
  });
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        socket.send(JSON.stringify({ id: last, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
      }),
    onEvent: (heard) => void listeners.push(heard),
    close: () => socket.close(),
  };
};
