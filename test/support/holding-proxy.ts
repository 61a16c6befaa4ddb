import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'undici';
import type { BoxAnswer } from './box-answers.ts';

/**
 * `refuse`: cut before anything is passed on. `lose-answer`: passed on, carried out, and cut instead of answered.
 * `stall`: taken and never passed on. A number or an answer: answered with that, nothing passed on.
 */
export type HttpFault = 'pass' | 'refuse' | 'lose-answer' | 'stall' | number | BoxAnswer;

/** `before`: the request has come and the server behind has not seen it. `after`: carried out, the answer not given. */
export type Moment = 'before' | 'after';

/** `reached` resolves when a request stands at the moment; it stands there until its caller is gone or `release`. */
export type Held = { readonly reached: Promise<void>; readonly release: () => void };

/** What becomes of the body of a request on its way, and of the headers and the body of an answer. */
type Bend = {
  readonly request?: (method: string, body: string) => string;
  readonly answer?: (method: string, body: string) => string;
  readonly headers?: (headers: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
};

export type HoldingProxy = {
  readonly origin: string;
  /** Every request that came, in order. */
  readonly seen: ReadonlyArray<{ readonly method: string; readonly path: string }>;
  /** Holds the next request of this method. */
  readonly hold: (method: string, moment: Moment) => Held;
  /** Asked for each request that is not held; until told otherwise everything passes. */
  readonly faults: (plan: (method: string, path: string) => HttpFault) => void;
  /** From here on what passes is bent, so that a real server behaves as another one does. */
  readonly bends: (bend: Bend) => void;
  readonly close: () => Promise<void>;
};

type Wanted = { readonly method: string; readonly moment: Moment; readonly reach: () => Promise<void> };

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

const headersOf = (incoming: IncomingMessage): Record<string, string> => {
  const hopByHop = new Set(['connection', 'host', 'content-length', 'transfer-encoding', 'keep-alive']);
  return Object.fromEntries(
    Object.entries(incoming.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !hopByHop.has(name) ? [[name, value]] : [],
    ),
  );
};

/** What something in between answers. A cut answer announces more than it brings. */
export const answerInstead = (outgoing: ServerResponse, { status, headers = {}, body = '', cut }: BoxAnswer): void => {
  if (cut !== true) return void outgoing.writeHead(status, headers).end(body);
  outgoing.writeHead(status, { ...headers, 'content-length': String(body.length + 100) });
  outgoing.write(body, () => outgoing.destroy());
};

/** A proxy in front of an HTTP server that can stop single requests at a moment, so that tests need no waiting times. */
export const startHoldingProxy = async (target: string): Promise<HoldingProxy> => {
  const seen: { method: string; path: string }[] = [];
  let wanted: Wanted[] = [];
  let plan: (method: string, path: string) => HttpFault = () => 'pass';
  let bend: Bend = {};
  const dispatcher = new Agent();

  const take = (method: string): Wanted | undefined => {
    const found = wanted.find((one) => one.method === method);
    wanted = wanted.filter((one) => one !== found);
    return found;
  };

  const pass = async (
    incoming: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
    ready: () => Promise<void>,
  ) => {
    const sent = body.length === 0 ? undefined : (bend.request?.(incoming.method ?? '', body.toString()) ?? body);
    const answer = await request(`${target}${incoming.url}`, {
      dispatcher,
      // The methods of WebDAV are more than the type knows; what came in is passed on as it is.
      method: (incoming.method ?? 'GET') as 'GET',
      headers: headersOf(incoming),
      ...(sent === undefined ? {} : { body: sent }),
    });
    const content = Buffer.from(await answer.body.arrayBuffer());
    await ready();
    if (outgoing.destroyed) return;
    const kept = ['content-type', 'etag', 'location', 'dav', 'www-authenticate', 'retry-after'].flatMap((name) => {
      const value = answer.headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const headers = Object.fromEntries(kept);
    for (const [name, value] of Object.entries(bend.headers?.(headers) ?? headers)) outgoing.setHeader(name, value);
    const given = bend.answer?.(incoming.method ?? '', content.toString()) ?? content;
    outgoing.writeHead(answer.statusCode).end(given);
  };

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = incoming;
    const body = await bodyOf(incoming);
    seen.push({ method, path: url });
    const held = take(method);
    const fault = held === undefined ? plan(method, url) : 'pass';
    if (fault === 'stall') return;
    if (fault === 'refuse') return void outgoing.destroy();
    if (typeof fault === 'number') return void outgoing.writeHead(fault).end();
    if (typeof fault === 'object') return answerInstead(outgoing, fault);
    if (held?.moment === 'before') await held.reach();
    // Whoever is gone by now has never sent it.
    if (outgoing.destroyed) return;
    await pass(incoming, body, outgoing, async () => {
      if (held?.moment === 'after') await held.reach();
      if (fault === 'lose-answer') outgoing.destroy();
    });
  };

  const listener = createServer((incoming, outgoing) => {
    // A caller or a server that goes away in the middle is part of the tests.
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    seen,
    hold: (method, moment) => {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const reach = (): Promise<void> => {
        reached.resolve();
        return released.promise;
      };
      wanted = [...wanted, { method, moment, reach }];
      return { reached: reached.promise, release: () => released.resolve() };
    },
    faults: (next) => {
      plan = next;
    },
    bends: (next) => {
      bend = next;
    },
    close: async () => {
      listener.closeAllConnections();
      listener.close();
      await once(listener, 'close');
      await dispatcher.destroy();
    },
  };
};
