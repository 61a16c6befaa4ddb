import { type Server as HttpServer, type RequestListener, createServer, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Settings } from '../adapters/configuration/load-configuration.ts';
import type { HttpDeps } from '../http/http-deps.ts';
import type { WholeAnswer } from '../http/transport/middleware.ts';

/** Milliseconds in which requests in flight may finish when the server stops. */
const REQUEST_GRACE_MS = 3_000;

const MAX_CONNECTIONS = 2_000;

/**
 * Milliseconds. Headers, and a whole request, that take longer to arrive are answered 408, however steadily its bytes come;
 * checked every second. `stalledTimeout`: a reader who takes nothing of its answer for so long is cut off.
 */
export const SERVER_TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  stalledTimeout: 60_000,
} as const;
type ServerTimes = { readonly [K in keyof typeof SERVER_TIMES]: number };

export type Listening = {
  /** Origin that reaches this server, without a slash at the end. */
  readonly url: string;
  /** Accepts no new connection, lets requests in flight finish within their grace, then closes their connections. */
  readonly stop: () => Promise<void>;
};

export type ListenError = { readonly type: 'CannotListen'; readonly reason: string };

/** Loopback addresses of a server that listens on every address, by that address. */
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

const rawAnswer = ({ status, headers, body }: WholeAnswer): string =>
  [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');

export type Serving = {
  readonly handler: RequestListener;
  /** The answer where Node's parser refuses a request; `code` is Node's. */
  readonly refusal: (code: string) => WholeAnswer;
  /** Connections at once, default 2,000; further ones are closed at once. */
  readonly maxConnections?: number;
  /** Default: `SERVER_TIMES`. */
  readonly times?: ServerTimes;
};

/** Serves on `host` and `port` (0: any free one). */
export const listen =
  (
    { handler, refusal, maxConnections = MAX_CONNECTIONS, times = SERVER_TIMES }: Serving,
    host: string,
    port: number,
  ): TaskEither<ListenError, Listening> =>
  () =>
    new Promise((resolve) => {
      const { stalledTimeout, ...serverOptions } = times;
      const server = createServer(serverOptions, handler);
      // Nothing in or out: whoever sends is under `requestTimeout`, so this is who does not read. Longer than any answer may wait for a decision.
      server.setTimeout(stalledTimeout, (socket) => socket.destroy());
      server.maxConnections = maxConnections;
      server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
        // The client is gone, or an answer is being sent already.
        if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
        else socket.end(rawAnswer(refusal(error.code ?? '')));
      });
      server.on('checkExpectation', (_request, response) => {
        const { status, headers, body } = refusal('EXPECTATION');
        response.writeHead(status, headers).end(body);
      });
      server.once('error', (error) => resolve(E.left({ type: 'CannotListen', reason: error.message })));
      server.listen(port, host, () => resolve(E.right({ url: urlOf(server, host), stop: () => closed(server) })));
    });

/**
 * Whether others can reach the server: it listens beyond loopback, or a trusted proxy is configured. Otherwise there is
 * nobody to limit, and limits for strangers are off by default.
 */
const isReachable = ({ environment }: Settings): boolean =>
  environment.trustedProxies.length > 0 || !['127.0.0.1', '::1', 'localhost'].includes(environment.host);

/** Requests a minute for one caller. */
const DEFAULT_REQUESTS_PER_MINUTE = 120;
const DEFAULT_MAIL_LIMITS = { perRecipient: 10, perCaller: 100, pendingPerAttendee: 10 };

/** The limits in force. Defaults depend on who can reach the server. */
export const limitsOf = (settings: Settings): HttpDeps['limits'] => {
  const { bodyBytes, requestsPerMinute, mailsOfStrangers } = settings.configuration.limits;
  const isOn = isReachable(settings);
  return {
    bodyBytes,
    requestsPerMinute: requestsPerMinute ?? (isOn ? DEFAULT_REQUESTS_PER_MINUTE : null),
    mailsOfStrangers:
      mailsOfStrangers === null ? (isOn ? DEFAULT_MAIL_LIMITS : null) : { ...DEFAULT_MAIL_LIMITS, ...mailsOfStrangers },
  };
};
