import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';

/** `stall`: takes the request and never answers. `drop`: takes it and cuts the connection. `stall-body`: answers 200 and never ends the body; `endless-body` sends as fast as it is read. */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly delayMs?: number;
    }
  | 'stall'
  | 'stall-body'
  | 'endless-body'
  | 'drop';

/** `body`: the bytes as they came. */
export type ReceivedWebhook = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** `bytesSent`: of all bodies of answers. `received`: oldest first, counted when the whole request has arrived. `answerWith` takes the place of what is left of the script. */
export type WebhookReceiver = {
  readonly url: string;
  readonly received: ReadonlyArray<ReceivedWebhook>;
  readonly bytesSent: () => number;
  readonly answerWith: (script: ReadonlyArray<Answer>) => void;
  readonly waitFor: (count: number, deadlineMs?: number) => Promise<ReadonlyArray<ReceivedWebhook>>;
  readonly close: () => Promise<void>;
};

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

function* endless(sent: (bytes: number) => void): Generator<Buffer> {
  const chunk = Buffer.alloc(1024, 'x');
  for (;;) {
    sent(chunk.length);
    yield chunk;
  }
}

const give = (response: ServerResponse, answer: Answer, sent: (bytes: number) => void): void => {
  if (answer === 'stall') return;
  if (answer === 'drop') {
    response.socket?.destroy();
    return;
  }
  if (answer === 'stall-body') {
    response.writeHead(200, { 'Content-Length': '2' }).write('o');
    return;
  }
  if (answer === 'endless-body') {
    // The error is the receiver's counterpart hanging up, the only way in which this ends.
    pipeline(Readable.from(endless(sent)), response.writeHead(200), () => undefined);
    return;
  }
  const send = () => response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  if (answer.delayMs === undefined) send();
  else setTimeout(send, answer.delayMs).unref();
};

/** A subscriber over real HTTP on a loopback port of its own: gives the scripted answers in turn, then 200. */
export const startWebhookReceiver = async (script: ReadonlyArray<Answer> = []): Promise<WebhookReceiver> => {
  const received: ReceivedWebhook[] = [];
  const arrivals = new EventEmitter();
  let left = [...script];
  let bytesSent = 0;
  const serve: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async (request, response) => {
    const body = await readBody(request);
    // Cut off by a kill in the middle of sending: no receiver has got anything.
    if (!request.complete) return;
    received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
    const [answer = { status: 200 }, ...rest] = left;
    left = rest;
    arrivals.emit('request');
    give(response, answer, (bytes) => {
      bytesSent += bytes;
    });
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((fault: unknown) => response.destroy(fault instanceof Error ? fault : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    bytesSent: () => bytesSent,
    answerWith: (next) => {
      left = [...next];
    },
    waitFor: async (count, deadlineMs = 10_000) => {
      const signal = AbortSignal.timeout(deadlineMs);
      while (received.length < count) await once(arrivals, 'request', { signal });
      return received;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
