import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { type Secret, secretOf, reveal } from '../../application/secret.ts';
import { describeErrors } from '../../domain/log/decode.ts';
import { messageOf } from '../../domain/unknown.ts';
import { type CliContext, type ExitCode, exitCode } from '../terminal.ts';

/** A running server, and the key to speak to it with. `url` without a slash at the end. */
export type ServerAccess = { readonly url: string; readonly apiKey: Secret | null };

export type ServerOptions = { readonly url?: string; readonly apiKey?: string; readonly json?: true };

/** The options that every command has that asks a running server. */
export const withServerOptions = (command: Command): Command =>
  command
    .option('--url <url>', 'the server (default: from HOST and PORT, else http://127.0.0.1:3000)')
    .option('--api-key <key>', 'instead of HOLDFAST_API_KEY, which other users of this machine cannot see')
    .option('--json', 'print the data of the answer as JSON');

/** A server that listens on every address is asked on loopback. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
};

/** Where the server of this environment is reached on this machine. */
export const defaultUrl = (env: NodeJS.ProcessEnv): string =>
  `http://${reachable(env.HOST ?? '')}:${env.PORT === undefined || env.PORT === '' ? '3000' : env.PORT}`;

/** Left says what is wrong with the URL. */
export const serverOf = (options: ServerOptions, env: NodeJS.ProcessEnv): E.Either<string, ServerAccess> => {
  const text = options.url ?? defaultUrl(env);
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return E.left(`${text} is not an http or https URL [invalid_usage]`);
  const key = options.apiKey ?? env.HOLDFAST_API_KEY ?? '';
  return E.right({ url: url.href.replace(/\/$/, ''), apiKey: key === '' ? null : secretOf(key) });
};

export type ApiFailure =
  | { readonly type: 'Unreachable'; readonly url: string; readonly reason: string }
  /** The server said no; `code` is its stable error code. */
  | { readonly type: 'Refused'; readonly status: number; readonly code: string; readonly message: string }
  /** Something answered that is not this version of Holdfast. */
  | { readonly type: 'Unexpected'; readonly url: string; readonly reason: string };

/** `version`: of Cal.com's API, where the route has one. */
type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly version?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
};

export type ApiResult<A> = Promise<E.Either<ApiFailure, A>>;

/** Milliseconds for one answer: a booking may wait a minute for its decision. */
const ANSWER_TIME_LIMIT_MS = 90_000;

const errorCodec = t.type({ message: t.string, error: t.type({ code: t.string }) });

const urlOf = (server: ServerAccess, { path, query = {} }: ApiRequest): URL => {
  const url = new URL(`${server.url}${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
};

/** `fetch failed` alone helps nobody: the cause has the code. */
const whyUnsent = (thrown: unknown): string => {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : messageOf(thrown);
};

const send = async (server: ServerAccess, request: ApiRequest): Promise<{ status: number; json: unknown }> => {
  const { method, version, body } = request;
  const answer = await fetch(urlOf(server, request), {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_TIME_LIMIT_MS),
    headers: {
      accept: 'application/json',
      ...(version === undefined ? {} : { 'cal-api-version': version }),
      ...(server.apiKey === null ? {} : { authorization: `Bearer ${reveal(server.apiKey)}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    json: E.toUnion(
      E.tryCatch(
        (): unknown => JSON.parse(text),
        () => null,
      ),
    ),
  };
};

/** One request to the server; its answer read by `codec`, everything else as a failure in words. */
export const call =
  (server: ServerAccess) =>
  async <A>(codec: t.Type<A, unknown>, request: ApiRequest): ApiResult<A> => {
    const answered = await send(server, request).then(E.right, (thrown: unknown) => E.left(whyUnsent(thrown)));
    if (E.isLeft(answered)) return E.left({ type: 'Unreachable', url: server.url, reason: answered.left });
    const { status, json } = answered.right;
    if (status >= 400) {
      const error = errorCodec.decode(json);
      return E.left(
        E.isRight(error)
          ? { type: 'Refused', status, code: error.right.error.code, message: error.right.message }
          : { type: 'Unexpected', url: server.url, reason: `HTTP ${status} without Holdfast's error body` },
      );
    }
    const decoded = codec.decode(json);
    return pipe(
      decoded,
      E.mapLeft((errors): ApiFailure => {
        return { type: 'Unexpected', url: server.url, reason: describeErrors(errors) };
      }),
    );
  };

/** What happened, and what to do about it. */
export const describeApiFailure = (failure: ApiFailure): string => {
  switch (failure.type) {
    case 'Unreachable':
      return `no server answers at ${failure.url} (${failure.reason}): start it with "holdfast serve", or name it with --url [server_unreachable]`;
    case 'Refused':
      return failure.code === 'credentials_required'
        ? `${failure.message} Set HOLDFAST_API_KEY or give --api-key. [${failure.code}]`
        : `${failure.message} [${failure.code}]`;
    case 'Unexpected':
      return `${failure.url} does not answer as Holdfast does: ${failure.reason} [answer_unexpected]`;
  }
};

export type Ask = ReturnType<typeof call>;

/** What a command asks for, and how people see the answer. `data` is what `--json` prints. */
type ApiCommand<A> = {
  readonly ask: (ask: Ask) => ApiResult<A>;
  readonly data: (answer: A) => unknown;
  readonly lines: (answer: A) => ReadonlyArray<string>;
};

/** Asks the server and prints the answer: lines, or JSON for machines. */
export const runRequest = async <A>(
  { terminal, env }: Pick<CliContext, 'terminal' | 'env'>,
  options: ServerOptions,
  request: ApiCommand<A>,
): Promise<ExitCode> => {
  const server = serverOf(options, env);
  if (E.isLeft(server)) {
    terminal.err(`holdfast: ${server.left}`);
    return exitCode.usage;
  }
  const answer = await request.ask(call(server.right));
  if (E.isLeft(answer)) {
    terminal.err(`holdfast: ${describeApiFailure(answer.left)}`);
    return exitCode.failed;
  }
  if (options.json) terminal.out(JSON.stringify(request.data(answer.right), null, 2));
  else for (const line of request.lines(answer.right)) terminal.out(line);
  return exitCode.fine;
};
