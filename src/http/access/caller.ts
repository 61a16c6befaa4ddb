import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ApiKeyRole, GuestTokenRefusal } from '../../application/ports/keys-and-tokens.ts';
import { oneText } from '../decoding/decode.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Access, Caller, HttpRequest } from '../transport/endpoint.ts';

export const hasRole = (caller: Caller, ...roles: ReadonlyArray<ApiKeyRole>): boolean =>
  caller?.roles.some((role) => roles.includes(role)) ?? false;

/** Whether the key stands for this host; a key without a host stands for all. */
export const covers = (caller: Caller, hostId: string): boolean =>
  caller !== null && (O.isNone(caller.hostId) || caller.hostId.value === hostId);

/** The one host that the key stands for; null for all of them, and for nobody. */
export const hostIdOf = (caller: Caller): string | null => (caller === null ? null : O.toNullable(caller.hostId));

const unknownKey = apiError('credentials_invalid', 'The API key is not valid.');
const noKey = apiError('credentials_required', 'An API key is required: Authorization: Bearer <key>.');
const bearer = /^Bearer +/i;

/** The key of an `Authorization` header; some of Cal.com's clients leave the scheme out. */
const keyOf = (authorization: string): string => authorization.replace(bearer, '').trim();

/** Who is calling. No key is nobody; a key that is not known is an error on every route that looks at keys. */
export const callerOf =
  ({ apiKeys }: Pick<HttpDeps, 'apiKeys'>) =>
  async (authorization: string): Promise<E.Either<ApiError, Caller>> => {
    const found = await apiKeys.authenticate(keyOf(authorization))();
    if (E.isLeft(found)) return E.left(fromApplication(found.left));
    return O.isNone(found.right) ? E.left(unknownKey) : E.right(found.right.value);
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
    if (!hasRole(caller, ...access.roles))
      return E.left(apiError('forbidden', `This needs a key with one of the roles: ${access.roles.join(', ')}.`));
    return access.everyHost && hostIdOf(caller) !== null ? E.left(notEveryHost) : E.right(caller);
  };

/** The header beside the query parameter `token`: headers do not end up in the logs of proxies. */
const GUEST_TOKEN_HEADER = 'holdfast-guest-token';

const refused = (refusal: GuestTokenRefusal): ApiError =>
  refusal === 'expired'
    ? apiError('guest_token_expired', 'The token of the mail has expired.')
    : apiError('guest_token_invalid', 'The token is not one for this booking.');

/**
 * Whether a booking may be seen or changed by uid. Open as in Cal.com's contract, since uids cannot be guessed; where
 * the configuration says `token`, the signed token of the guest's mail or a key with one of `roles` is demanded.
 */
export const guestAccess =
  (deps: Pick<HttpDeps, 'guestActions' | 'guestTokens' | 'clock'>) =>
  (request: HttpRequest, bookingUid: string, roles: ReadonlyArray<ApiKeyRole>): E.Either<ApiError, void> => {
    if (deps.guestActions === 'open' || hasRole(request.caller, ...roles)) return E.right(undefined);
    const token = request.header(GUEST_TOKEN_HEADER) ?? oneText(request.query.token);
    if (token === null || token === undefined)
      return E.left(apiError('guest_token_required', "This needs the token of the guest's mail, or an API key."));
    return pipe(
      deps.guestTokens.verify(token, { bookingUid, purpose: 'manage', nowMs: deps.clock.now() }),
      E.bimap(refused, () => undefined),
    );
  };
