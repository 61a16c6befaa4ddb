import type { RequestListener, Server as HttpServer } from 'node:http';
import { createServer } from 'node:http';

/** Milliseconds that requests under way get to finish when the server stops. */
export const REQUEST_GRACE_MS = 3_000;

export type Listening = {
  /** Origin that reaches this server, without a slash at the end. */
  readonly url: string;
  /** Takes no new connection, lets requests under way finish for a while, then cuts them. */
  readonly stop: () => Promise<void>;
};

export type ListenError = { readonly type: 'CannotListen'; readonly reason: string };

const urlOf = (server: HttpServer, host: string): string => {
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

/** Serves on `host` and `port` (0: any free one); rejects with `ListenError` where that cannot be had. */
export const listen = (handler: RequestListener, host: string, port: number): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = createServer(handler);
    server.once('error', (error) => {
      const failure: ListenError = { type: 'CannotListen', reason: error.message };
      reject(failure);
    });
    server.listen(port, host, () => resolve({ url: urlOf(server, host), stop: () => closed(server) }));
  });
