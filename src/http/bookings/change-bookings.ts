import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isFollowed, isTriedAgain } from '../../application/queries/await-decision.ts';
import { checked, list, object, optional } from '../../domain/decoding/codec.ts';
import { flag, text } from '../../domain/decoding/values.ts';
import { strangersText } from '../../domain/visible-text.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { covers, hasRole } from '../access/caller.ts';
import { decodeBody } from '../decoding/decode.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import type { HttpDeps, Catalog } from '../http-deps.ts';
import { type EndpointHandler, success } from '../transport/endpoint.ts';
import { appliedHeader, waitingOf } from './request-preferences.ts';
import { type FoundBooking, findForCaller, findForHost } from './find-booking.ts';
import { presentForCaller } from './present-booking.ts';
import { changeOnce, replayedHeader, type WantedChange } from './repeatable-change.ts';
import { unsupportedField } from './to-booking-request.ts';

/** Characters of a reason. */
export const MAX_REASON = 1_000;
const MAX_CALENDAR_ID = 200;
/** Characters of a mail address, as where it came from. */
const MAX_MAIL_ADDRESS = 254;

const decodeCancelBody = decodeBody(
  object({ cancellationReason: optional(strangersText(MAX_REASON)), cancelSubsequentBookings: optional(flag) }),
);

const noSeries = apiError('unsupported_feature', 'cancelSubsequentBookings is not supported: there are no series');

const cancelledBefore = apiError('booking_already_cancelled', 'The booking was cancelled before.');

const cancellationReason = (body: unknown): E.Either<ApiError, string | null> => {
  const unsupported = unsupportedField(body);
  if (unsupported !== null) return E.left(unsupported);
  const decoded = decodeCancelBody(body);
  if (E.isLeft(decoded)) return decoded;
  if (decoded.right.cancelSubsequentBookings === true) return E.left(noSeries);
  return E.right(decoded.right.cancellationReason ?? null);
};

/**
 * `POST /v2/bookings/{uid}/cancel`. Who cancels follows from the key alone, whatever the body says (S38): the host by a
 * key of theirs, everybody else as the guest. A second cancel is 400, unless its Idempotency-Key says that it is the first again.
 */
export const postCancel = (deps: HttpDeps, catalog: Catalog): EndpointHandler => {
  const cancellation = ({ booking }: FoundBooking, byHost: boolean, reason: string | null) => {
    const eventType = catalog.byId(booking.request.eventTypeId)?.eventType;
    return {
      by: byHost ? ('host' as const) : ('guest' as const),
      reason,
      cancellable: eventType?.cancellable ?? true,
      hostMustGiveReason: eventType?.hostMustGiveReason ?? false,
    };
  };
  const find = findForCaller(deps, 'manage', 'book', 'host');
  return async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const reason = cancellationReason(request.body);
    if (E.isLeft(reason)) return reason;
    const { uid, booking } = found.right;
    const byHost = hasRole(request.caller, 'host') && covers(request.caller, booking.request.hostId);
    const changed = await changeOnce(deps, request, found.right, {
      action: 'cancel',
      kind: byHost ? 'host' : 'guest',
      change: deps.cancelBooking(cancellation(found.right, byHost, reason.right)),
      isSame: (event) => event.type === 'BookingCancelled' && event.data.personal.reason === reason.right,
      wasSo: cancelledBefore,
    });
    if (E.isLeft(changed)) return changed;
    const headers = { 'Holdfast-Position': String(changed.right.position), ...replayedHeader(changed.right) };
    return E.right(success(presentForCaller(request.caller, catalog, deps)(uid, changed.right.booking), headers));
  };
};

type Asked = Pick<WantedChange, 'action' | 'change' | 'isSame'>;

/** A change by a key of the booking's host; then the answer waits, as after a request, for what the calendars say. */
const changed =
  (
    deps: HttpDeps,
    catalog: Catalog,
    find: ReturnType<typeof findForHost>,
    changeOf: (body: unknown) => E.Either<ApiError, Asked>,
    isOver?: (booking: KnownBooking) => boolean,
  ): EndpointHandler =>
  async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const change = changeOf(request.body);
    if (E.isLeft(change)) return change;
    const { uid } = found.right;
    const kind = hasRole(request.caller, 'host') ? 'host' : 'operator';
    const done = await changeOnce(deps, request, found.right, { kind, ...change.right });
    if (E.isLeft(done)) return done;
    const waiting = waitingOf(request.header('prefer'), deps.answerWaitMs);
    const now = await deps.decided(uid, done.right, waiting.waitMs, request.whenGone(), isOver);
    const headers = {
      'Holdfast-Position': String(now.position),
      ...replayedHeader(done.right),
      ...appliedHeader(waiting),
    };
    return E.right(success(presentForCaller(request.caller, catalog, deps)(uid, now.booking), headers));
  };

const decodeDeclineBody = decodeBody(object({ reason: optional(strangersText(MAX_REASON)) }, { ignored: 'any-other' }));

/** `POST /v2/bookings/{uid}/confirm`: the host says yes, the calendars are written. */
export const postConfirm = (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  changed(
    deps,
    catalog,
    findForHost(deps, 'host'),
    () => E.right({ action: 'confirm', change: deps.approveBooking }),
    isFollowed,
  );

/** `POST /v2/bookings/{uid}/decline`: the host says no. */
export const postDecline = (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  changed(deps, catalog, findForHost(deps, 'host'), (body) =>
    pipe(
      decodeDeclineBody(body),
      E.map(({ reason = null }) => ({
        action: 'decline',
        change: deps.rejectBooking(reason),
        isSame: (event) => event.type === 'BookingRejected' && event.data.personal.reason === reason,
      })),
    ),
  );

/** Mailboxes in one request. */
const MAX_MARKED = 100;

const absenceBody = checked(
  object({
    host: optional(flag),
    attendees: optional(list(object({ email: text(MAX_MAIL_ADDRESS), absent: flag }), MAX_MARKED, 1)),
  }),
  ({ host, attendees }) =>
    host === undefined && attendees === undefined
      ? [{ at: ['attendees'], code: 'missing', message: 'is required, or host: who is it about?' }]
      : [],
);
const decodeAbsences = decodeBody(absenceBody);

/**
 * `POST /v2/bookings/{uid}/mark-absent`: who did not come, or did after all; from the start on. Holdfast is at no meeting,
 * so what is said here is all that it knows of presence.
 */
export const postMarkAbsent = (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  changed(deps, catalog, findForHost(deps, 'host', 'operate'), (body) =>
    pipe(
      decodeAbsences(body),
      E.map(({ host = null, attendees = [] }) => ({
        action: 'mark-absent',
        change: deps.markAbsent({ host, attendees }),
      })),
    ),
  );

const decodeAcknowledgement = decodeBody(object({ calendarId: text(MAX_CALENDAR_ID) }));

/** `POST /v2/bookings/{uid}/acknowledge-removal`, ours: a person dealt with what a calendar would not remove. */
export const postAcknowledgeRemoval = (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  changed(deps, catalog, findForHost(deps, 'host', 'operate'), (body) =>
    pipe(
      decodeAcknowledgement(body),
      E.map(({ calendarId }) => ({ action: 'acknowledge-removal', change: deps.acknowledgeRemoval(calendarId) })),
    ),
  );

/** `POST /v2/bookings/{uid}/retry`, ours: somebody mended a calendar. The answer waits for what it says now. */
export const postRetry = (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  changed(
    deps,
    catalog,
    findForHost(deps, 'host', 'operate'),
    () => E.right({ action: 'retry', change: deps.retryBooking }),
    isTriedAgain,
  );
