import * as E from 'fp-ts/lib/Either.js';
import type { ApiKey, ApiKeyRole } from '../../application/ports/keys-and-tokens.ts';
import type { Codec } from '../../domain/decoding/codec.ts';
import { decodeQuery } from '../decoding/decode.ts';
import type { ApiError, ErrorStatus } from '../errors/api-error.ts';

/** Versions that Cal.com's clients name in `cal-api-version`; the newest that serves each kind of resource. */
export const BOOKINGS_VERSION = '2024-08-13';
export const SLOTS_VERSION = '2024-09-04';
export const EVENT_TYPES_VERSION = '2024-06-14';

/** Who is calling: the key they showed, or nobody in particular. */
export type Caller = ApiKey | null;

/**
 * Who may come in. `open`: anybody, but a wrong key is refused. `by-uid`: the same; the handler asks for the guest's token,
 * which may be in the query. `key`: a key with at least one of the roles; with
 * `everyHost` only one that stands for all hosts. `public`: keys are not looked at and requests not counted.
 */
export type Access =
  | { readonly type: 'open' }
  | { readonly type: 'by-uid' }
  | { readonly type: 'key'; readonly roles: ReadonlyArray<ApiKeyRole>; readonly everyHost: boolean }
  | { readonly type: 'public' };

/** What a handler sees of a request. `query`: parsed the extended way, arrays and objects included; see `withQuery`. */
export type HttpRequest = {
  /** As it was asked for, without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed JSON; an empty object where there was no body. */
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
  readonly caller: Caller;
  /** Whom this counts as where callers are limited: the key, or the address that asks. */
  readonly subject: string;
  /** Aborts when the client hangs up. */
  readonly whenGone: () => AbortSignal;
};

export type Headers = Readonly<Record<string, string>>;

/** `json` is sent as it stands; `text` with its media type; `page` is HTML for people. `see-other`: 303, a relative address. */
export type HttpAnswer =
  | { readonly type: 'json'; readonly status: 200 | 201; readonly json: unknown; readonly headers?: Headers }
  | { readonly type: 'text'; readonly mediaType: string; readonly text: string; readonly headers?: Headers }
  | { readonly type: 'page'; readonly status: 200 | ErrorStatus; readonly html: string; readonly headers?: Headers }
  | { readonly type: 'see-other'; readonly location: string; readonly headers?: Headers };

/** A handler without query parameters of its own. */
export type EndpointHandler = (request: HttpRequest) => Promise<E.Either<ApiError, HttpAnswer>>;

/** A handler that has read its query parameters. */
export type QueryHandler = { readonly run: EndpointHandler };

/** Parameters that `codec` does not know, or that are wrong, are refused by name before the handler is called. */
export const withQuery = <Q>(
  codec: Codec<Q>,
  handle: (request: HttpRequest, query: Q) => ReturnType<EndpointHandler>,
): QueryHandler => {
  const decode = decodeQuery(codec);
  return {
    run: (request) => {
      const query = decode(request.query);
      return E.isLeft(query) ? Promise.resolve(query) : handle(request, query.right);
    },
  };
};

/**
 * Which requests are refused first when there is more to do than can be done: `search` (slots and lists, which cost most
 * and can be asked for again), then `read`, then `command`. `health` never is: whoever watches has to get his answer.
 */
export type Load = 'search' | 'read' | 'command' | 'health';

/**
 * `path`: Express's pattern. `version`: the one value of `cal-api-version` that this route serves; null: any. `load`: when
 * it is refused in favour of others.
 */
export type Endpoint = {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly version: string | null;
  readonly access: Access;
  readonly load: Load;
  readonly handle: EndpointHandler;
};

export const open: Access = { type: 'open' };
export const byUid: Access = { type: 'by-uid' };
export const publicAccess: Access = { type: 'public' };
export const withKey = (...roles: ReadonlyArray<ApiKeyRole>): Access => ({ type: 'key', roles, everyHost: false });
/** For what concerns the whole server: a key of one host is not enough. */
export const asOperator: Access = { type: 'key', roles: ['operate'], everyHost: true };

/** For what tells of all hosts. */
export const asAuditor: Access = { type: 'key', roles: ['audit'], everyHost: true };

/** Cal.com's envelope of success. */
export const success = (data: unknown, headers: Headers = {}, status: 200 | 201 = 200): HttpAnswer => ({
  type: 'json',
  status,
  json: { status: 'success', data },
  headers,
});
