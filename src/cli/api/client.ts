import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { reveal } from '../../application/secret.ts';
import { describeErrors } from '../../domain/log/decode.ts';
import { type CliContext, type ExitCode, exitCode } from '../cli-context.ts';
import { type ServerAccess, type ServerOptions, serverOf } from './server-options.ts';
import { messageOf } from '../../domain/unknown.ts';

export type ApiFailure =
  | { readonly type: 'Unreachable'; readonly url: string; readonly reason: string }
  /** The server said no; `code` is its stable error code. */
  | { readonly type: 'Refused'; readonly status: number; readonly code: string; readonly message: string }
  /** Something answered that is not this version of Holdfast. */
  | { readonly type: 'Unexpected'; readonly url: string; readonly reason: string };

/** `version`: of Cal.com's API, where the route has one. */
export type ApiRequest = {
  readonly method: 'GET' | 'POST';
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
      return `no server answers at ${failure.url} (${failure.reason}): start it with "holdfast serve", or name it with --url`;
    case 'Refused':
      return failure.code === 'credentials_required'
        ? `${failure.message} Set HOLDFAST_API_KEY or give --api-key. [${failure.code}]`
        : `${failure.message} [${failure.code}]`;
    case 'Unexpected':
      return `${failure.url} does not answer as Holdfast does: ${failure.reason}`;
  }
};

export type Ask = ReturnType<typeof call>;

/** What a command asks for, and how people see the answer. `data` is what `--json` prints. */
export type ApiCommand<A> = {
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
