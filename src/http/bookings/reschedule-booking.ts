import * as E from 'fp-ts/lib/Either.js';
import { isRescheduled } from '../../application/queries/await-decision.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { object, optional } from '../../domain/decoding/codec.ts';
import { dateTime, line } from '../../domain/decoding/values.ts';
import { strangersText } from '../../domain/visible-text.ts';
import { covers, hasRole } from '../access/caller.ts';
import { countMove, type MailLimit } from '../access/mail-limits.ts';
import { decodeBody, numeral, parameter } from '../decoding/decode.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { type Caller, type HttpRequest, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';
import { makeHostAdmission, MOST_PER_HOST, overloaded } from '../transport/overload.ts';
import { MAX_REASON } from './change-bookings.ts';
import { appliedHeader, idempotencyKey, keyScope, waitingOf } from './request-preferences.ts';
import { isUnwritten, vouches } from './create-booking.ts';
import { noteRefusedMove } from './note-refused.ts';
import { changeContext, findByHostsLink, findForCaller, type FoundBooking } from './find-booking.ts';
import { guestLinks, presentForCaller } from './present-booking.ts';
import { unsupportedField } from './to-booking-request.ts';

/** Characters of a mail address, at most (RFC 5321, 4.5.3.1). */
const MAX_ADDRESS = 320;

/** `rescheduledBy`: accepted and not believed: who moves the booking follows from what they came with. */
const decodeRescheduleBody = decodeBody(
  object(
    {
      start: dateTime,
      reschedulingReason: optional(strangersText(MAX_REASON)),
      rescheduledBy: optional(line(MAX_ADDRESS)),
    },
    { ignored: ['emailVerificationCode'] },
  ),
);

/**
 * `sequence` of a link: that of the booking when the link was made. A link is good for one move, and says so when it is
 * used again (S33). Not there: the caller moves the booking whatever became of it meanwhile.
 */
const rescheduleQuery = object({ token: optional(parameter), sequence: optional(numeral(0, 1_000_000)) });

const eventTypeGone = apiError(
  'event_type_not_found',
  'The event type of this booking is not offered any more, so it cannot be moved.',
);

/** What the calendars answered is the host's matter; that the old time stays is everybody's. */
const rescheduleRefused = ({ request }: KnownBooking, wanted: string): ApiError =>
  apiError(
    'reschedule_refused',
    `The calendar did not take the booking at ${wanted}. It stays as it is: it begins at ${request.start}.`,
  );

/** Who moves it, as the log says; `isOwner`: without approval. */
const moverOf = (caller: Caller, hostId: string, isHost: boolean) => {
  const isOwner = isHost || (covers(caller, hostId) && hasRole(caller, 'host', 'operate'));
  const owner = isHost || hasRole(caller, 'host') ? 'host' : 'operator';
  return { isOwner, kind: isOwner ? owner : 'guest' } as const;
};

/**
 * `POST /v2/bookings/{uid}/reschedule`. The new time is held and the move durable before anything else; the answer waits
 * for what becomes of it as that to a request does, and shows the time that is in force. A key of the host, or of an
 * operator, moves without approval.
 */
export const postReschedule = (deps: HttpDeps, catalog: Catalog, mailLimit: MailLimit | null): QueryHandler => {
  const find = findForCaller(deps, 'manage', 'book', 'host', 'operate');
  const admission = makeHostAdmission(MOST_PER_HOST.bookings);

  const byLink = findByHostsLink(deps);
  const noted = noteRefusedMove(deps);

  /** The host by the link of their mail, or whoever the other ways let in. */
  const come = async (request: HttpRequest) => {
    const host = await byLink(request);
    return E.isRight(host) ? { found: host, isHost: true } : { found: await find(request), isHost: false };
  };

  const counted = (request: HttpRequest, booking: KnownBooking, isOwner: boolean, rescheduleId: string) => {
    const isLimited = !isOwner && !vouches(request.caller, booking.request.hostId);
    return countMove(isLimited ? mailLimit : null, request.subject, booking, rescheduleId);
  };

  const ask = async (
    request: HttpRequest,
    { uid, booking }: FoundBooking,
    isHost: boolean,
    key: string | null,
    sequence: number | undefined,
  ) => {
    const refuse = (error: ApiError) => E.left(noted(uid, booking, request.body, error));
    const body = decodeRescheduleBody(request.body);
    if (E.isLeft(body)) return refuse(body.left);
    const { hostId, eventTypeId, personal } = booking.request;
    const offer = catalog.byId(eventTypeId);
    if (offer === undefined || offer.host.id !== hostId) return refuse(eventTypeGone);
    const { isOwner, kind } = moverOf(request.caller, hostId, isHost);
    const scope = `${keyScope(request.caller, personal.attendee.email)} reschedule ${uid}`;
    const rescheduleId = key === null ? deps.newUid() : deps.uidFromKey(scope, key);
    const context = changeContext(deps, request.caller, uid, kind);
    const release = admission(hostId);
    if (release === null) return refuse(overloaded);
    const admitted = await counted(request, booking, isOwner, rescheduleId);
    if (E.isLeft(admitted)) release();
    if (E.isLeft(admitted)) return refuse(admitted.left);
    const asked = await deps
      .rescheduleBooking(
        {
          uid,
          rescheduleId,
          ...offer,
          start: body.right.start,
          by: isOwner ? 'host' : 'guest',
          reason: body.right.reschedulingReason ?? null,
          ...(sequence === undefined ? {} : { expected: { sequence } }),
        },
        { ...context, commandId: `reschedule/${rescheduleId}` },
        new AbortController().signal,
      )()
      .finally(release);
    if (isUnwritten(asked)) admitted.right();
    return E.isLeft(asked) ? E.left(fromApplication(asked.left)) : E.right({ ...asked.right, rescheduleId, isOwner });
  };

  return withQuery(rescheduleQuery, async (request, { sequence }) => {
    const unsupported = unsupportedField(request.body);
    if (unsupported !== null) return E.left(unsupported);
    const key = idempotencyKey(request.header('idempotency-key'));
    if (E.isLeft(key)) return key;
    const { found, isHost } = await come(request);
    if (E.isLeft(found)) return found;
    const { uid } = found.right;
    const asked = await ask(request, found.right, isHost, key.right, sequence);
    if (E.isLeft(asked)) return asked;
    const { rescheduleId, repeated, isOwner } = asked.right;
    const waiting = waitingOf(request.header('prefer'), deps.answerWaitMs);
    const now = await deps.decided(uid, asked.right, waiting.waitMs, request.whenGone(), isRescheduled(rescheduleId));
    const ended = now.booking.reschedules.find(({ id }) => id === rescheduleId);
    if (ended?.outcome === 'failed') return E.left(rescheduleRefused(now.booking, ended.start));
    const headers = {
      'Holdfast-Position': String(now.position),
      ...(repeated ? { 'Idempotency-Replayed': 'true' } : {}),
      ...appliedHeader(waiting),
    };
    const booking = presentForCaller(request.caller, catalog, deps)(uid, now.booking);
    return E.right(success({ ...booking, ...(isOwner ? {} : guestLinks(deps, uid, now.booking)) }, headers, 201));
  });
};
