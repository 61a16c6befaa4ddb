import type { Server as HttpServer, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** Milliseconds that requests under way get to finish when the server stops. */
const REQUEST_GRACE_MS = 3_000;

export type Listening = {
  /** Origin that reaches this server, without a slash at the end. */
  readonly url: string;
  /** Takes no new connection, lets requests under way finish for a while, then cuts them. */
  readonly stop: () => Promise<void>;
};

export type ListenError = { readonly type: 'CannotListen'; readonly reason: string };

/** Where a server is found that listens on every address of its kind. */
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Whether all addresses of the machine are listened on. */
export const isEveryAddress = (host: string): boolean => host in loopbackOf;

const urlOf = (server: HttpServer, listeningOn: string): string => {
  const host = loopbackOf[listeningOn] ?? listeningOn;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
};

const closed = (server: HttpServer): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), REQUEST_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });

/** Serves on `host` and `port` (0: any free one). */
export const listen =
  (handler: RequestListener, host: string, port: number): TaskEither<ListenError, Listening> =>
  () =>
    new Promise((resolve) => {
      const server = createServer(handler);
      server.once('error', (error) => resolve(E.left({ type: 'CannotListen', reason: error.message })));
      server.listen(port, host, () => resolve(E.right({ url: urlOf(server, host), stop: () => closed(server) })));
    });
