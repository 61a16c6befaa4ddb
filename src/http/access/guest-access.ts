import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ApiKeyRole, GuestTokenRefusal } from '../../application/ports/keys-and-tokens.ts';
import { oneText } from '../decoding/decode.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../transport/endpoint.ts';
import { hasRole } from './caller.ts';

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
