import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ApiKeyRole, TokenPurpose, TokenRefusal } from '../../application/ports/keys-and-tokens.ts';
import { oneText } from '../decoding/decode.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { bookingNotFound, fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Access, Caller, HttpRequest } from '../transport/endpoint.ts';

export const hasRole = (caller: Caller, ...roles: ReadonlyArray<ApiKeyRole>): boolean =>
  caller?.roles.some((role) => roles.includes(role)) ?? false;

/** Whether the key stands for this host; a key without a host stands for all. */
export const covers = (caller: Caller, hostId: string): boolean =>
  caller !== null && (caller.hostId === null || caller.hostId === hostId);

/** The one host that the key stands for; null for all of them, and for nobody. */
export const hostIdOf = (caller: Caller): string | null => caller?.hostId ?? null;

const unknownKey = apiError('credentials_invalid', 'The API key is not valid.');
const noKey = apiError('credentials_required', 'An API key is required: Authorization: Bearer <key>.');
const roleMissing = (roles: ReadonlyArray<ApiKeyRole>): ApiError =>
  apiError('forbidden', `This needs a key with one of the roles: ${roles.join(', ')}.`);
const bearer = /^Bearer +/i;

/** The key of an `Authorization` header; some of Cal.com's clients leave the scheme out. */
const keyOf = (authorization: string): string => authorization.replace(bearer, '').trim();

/** Who is calling. No key is nobody; a key that is not known is an error on every route that looks at keys. */
export const callerOf =
  ({ apiKeys }: Pick<HttpDeps, 'apiKeys'>) =>
  async (authorization: string): Promise<E.Either<ApiError, Caller>> => {
    const found = await apiKeys.authenticate(keyOf(authorization))();
    if (E.isLeft(found)) return E.left(fromApplication(found.left));
    return pipe(found.right, E.fromNullable(unknownKey));
  };

const notEveryHost = apiError(
  'forbidden',
  'This concerns the whole server: it needs a key that is not bound to one host.',
);

/** Lets the caller in, or says why not. */
export const entering =
  (access: Access) =>
  (caller: Caller): E.Either<ApiError, Caller> => {
    if (access.type !== 'key') return E.right(caller);
    if (caller === null) return E.left(noKey);
    if (!hasRole(caller, ...access.roles)) return E.left(roleMissing(access.roles));
    return access.everyHost && hostIdOf(caller) !== null ? E.left(notEveryHost) : E.right(caller);
  };

/** The header beside the query parameter `token`: headers do not end up in the logs of proxies. */
const GUEST_TOKEN_HEADER = 'holdfast-guest-token';

const refused = (refusal: TokenRefusal): ApiError =>
  refusal === 'expired'
    ? apiError('guest_token_expired', 'The token of the mail has expired.')
    : apiError('guest_token_invalid', 'The token is not one for this booking.');

/** The guest's token of a request, and whether it is good for this booking. */
const guestToken = (
  deps: Pick<HttpDeps, 'bookingTokens' | 'clock'>,
  request: HttpRequest,
  bookingUid: string,
  purpose: TokenPurpose,
): E.Either<ApiError, void> => {
  const token = request.header(GUEST_TOKEN_HEADER) ?? oneText(request.query.token);
  if (token === null || token === undefined)
    return E.left(apiError('guest_token_required', "This needs the token of the guest's mail, or an API key."));
  const nowMs = deps.clock.now();
  // Links to the history in hosts' mails of earlier versions have a token of this party too, with the purpose `see`.
  const good = (sufficient: TokenPurpose) =>
    deps.bookingTokens.verify(token, { bookingUid, party: 'attendee', purpose: sufficient, nowMs });
  const managing = good('manage');
  return pipe(
    purpose === 'manage' || E.isRight(managing) || managing.left === 'expired' ? managing : good(purpose),
    E.bimap(refused, () => undefined),
  );
};

/**
 * Whether a request comes by the link in a mail to the booking's host. Nothing else opens the host's page: no key, no token of
 * the guest's, and not `guestActions: open`.
 */
export const byHostsLink = (
  deps: Pick<HttpDeps, 'bookingTokens' | 'clock'>,
  request: HttpRequest,
  bookingUid: string,
): E.Either<ApiError, void> => {
  const token = oneText(request.query.token);
  if (token === null || token === undefined)
    return E.left(apiError('guest_token_required', "This needs the token of the host's mail."));
  const demand = { bookingUid, party: 'host', purpose: 'manage', nowMs: deps.clock.now() } as const;
  return pipe(
    deps.bookingTokens.verify(token, demand),
    E.bimap(refused, () => undefined),
  );
};

/** Whether a request comes by the link that only a mail to the attendee has: nothing else shows that the mailbox is theirs. */
export const byMailedLink = (
  deps: Pick<HttpDeps, 'bookingTokens' | 'clock'>,
  request: HttpRequest,
  bookingUid: string,
): E.Either<ApiError, void> => {
  const demand = { bookingUid, party: 'attendee', purpose: 'verify', nowMs: deps.clock.now() } as const;
  return pipe(
    deps.bookingTokens.verify(oneText(request.query.token) ?? '', demand),
    E.bimap(refused, () => undefined),
  );
};

/** How a caller comes to a booking: as its guest, or by a key that has yet to stand for the booking's host. */
export type BookingEntry = 'guest' | 'key';

/**
 * Who may try a booking by its uid, for a purpose. The guest: by the signed token of their mail, whatever key is sent beside it; where
 * `guestActions` is `open`, also whoever sends no key. A key never counts as no key: it may do what its roles say.
 */
export const bookingEntry = (
  deps: Pick<HttpDeps, 'guestActions' | 'bookingTokens' | 'clock'>,
  request: HttpRequest,
  bookingUid: string,
  purpose: TokenPurpose,
): E.Either<ApiError, BookingEntry> => {
  const token = guestToken(deps, request, bookingUid, purpose);
  if (E.isRight(token)) return E.right('guest');
  if (request.caller !== null) return E.right('key');
  return deps.guestActions === 'open' ? E.right('guest') : token;
};

/** The key of a booking's host, with one of the roles. Another host's booking is as good as none. */
export const byKeyOf = (caller: Caller, hostId: string, roles: ReadonlyArray<ApiKeyRole>): E.Either<ApiError, void> => {
  if (!covers(caller, hostId)) return E.left(bookingNotFound);
  return hasRole(caller, ...roles) ? E.right(undefined) : E.left(roleMissing(roles));
};
