import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { covers, hasRole } from '../access/caller.ts';
import { guestAccess } from '../access/guest-access.ts';
import { optional, text } from '../decoding/codecs.ts';
import { decodeBody } from '../decoding/decode.ts';
import type { ApiError } from '../errors/api-error.ts';
import { apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Handler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';
import type { Catalog } from './catalog.ts';
import { changeContext } from './change-context.ts';
import { presentTo } from './present-to.ts';
import type { Found } from './read-one.ts';
import { readOne } from './read-one.ts';
import { unsupportedField } from './unsupported.ts';

/** Characters of a reason. */
export const MAX_REASON = 1_000;

const flag = new t.Type<boolean, boolean, unknown>(
  'true or false',
  t.boolean.is,
  (value, context) => t.boolean.validate(value, context),
  t.identity,
);

const decodeCancelBody = decodeBody(
  t.type({ cancellationReason: optional(text(MAX_REASON)), cancelSubsequentBookings: optional(flag) }, 'an object'),
  { cancellationReason: true, cancelSubsequentBookings: true },
);

const noSeries = apiError('unsupported_feature', 'cancelSubsequentBookings is not supported: there are no series');

const reasonOf = (body: unknown): E.Either<ApiError, string | null> => {
  const unsupported = unsupportedField(body);
  if (unsupported !== null) return E.left(unsupported);
  const decoded = decodeCancelBody(body);
  if (E.isLeft(decoded)) return decoded;
  if (decoded.right.cancelSubsequentBookings === true) return E.left(noSeries);
  return E.right(decoded.right.cancellationReason ?? null);
};

/**
 * `POST /v2/bookings/{uid}/cancel`. Who cancels follows from the key alone, whatever the body says (S38): the host by a
 * key of theirs, everybody else as the guest. Twice is once.
 */
export const cancelBooking = (deps: HttpDeps, catalog: Catalog): Handler => {
  const cancellation = ({ booking }: Found, byHost: boolean, reason: string | null) => {
    const eventType = catalog.byId(booking.request.eventTypeId)?.eventType;
    return {
      by: byHost ? ('host' as const) : ('guest' as const),
      reason,
      cancellable: eventType?.cancellable ?? true,
      hostMustGiveReason: eventType?.hostMustGiveReason ?? false,
    };
  };
  return async (request) => {
    const allowed = guestAccess(deps)(request, request.params.uid ?? '', ['book', 'host']);
    if (E.isLeft(allowed)) return allowed;
    const reason = reasonOf(request.body);
    if (E.isLeft(reason)) return reason;
    const found = await readOne(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const byHost = hasRole(request.caller, 'host') && covers(request.caller, booking.request.hostId);
    const cancel = deps.cancelBooking(cancellation(found.right, byHost, reason.right));
    const changed = await cancel(uid, changeContext(deps, request.caller, uid, byHost ? 'host' : 'guest'))();
    if (E.isLeft(changed)) return E.left(fromApplication(changed.left));
    const headers = { 'Holdfast-Position': String(changed.right.position) };
    return E.right(success(presentTo(request.caller, catalog)(uid, changed.right.booking), headers));
  };
};
