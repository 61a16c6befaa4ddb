import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { confirmationPolicyOf } from '../../domain/booking/approval.ts';
import { isLive, type KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Actor } from '../../domain/log/envelope.ts';
import { covers, hasRole } from '../access/caller.ts';
import { type MailLimit, makeStrangersLimit } from '../access/mail-limits.ts';
import {
  type Caller,
  type HttpAnswer,
  type HttpRequest,
  type EndpointHandler,
  success,
} from '../transport/endpoint.ts';
import type { ApiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps, Catalog } from '../http-deps.ts';
import { makeHostAdmission, MOST_PER_HOST, overloaded } from '../transport/overload.ts';
import { decodeCreateBody } from './create-body.ts';
import { guestLinks, presentForCaller } from './present-booking.ts';
import { noteRefusedRequest } from './note-refused.ts';
import { appliedHeader, idempotencyKey, keyScope, type Waiting, waitingOf } from './request-preferences.ts';
import { type AskedFor, toBookingRequest, unsupportedField } from './to-booking-request.ts';

/** In the log: the host by a key of theirs, else the guest, and the key they came with. */
const actorOf = (caller: Caller, hostId: string): Actor => {
  const kind = hasRole(caller, 'host') && covers(caller, hostId) ? 'host' : 'guest';
  return caller === null ? { kind } : { kind, id: caller.id };
};

/** So many times the same request may have ended before; then it gets a uid of its own, and is told from its repeats no more. */
const MAX_SAME_REQUESTS = 20;

/** Of a booking that was moved since the same request asks for another time. */
const isRepeatedBy = (booking: KnownBooking): boolean =>
  isLive(booking) && !booking.reschedules.some(({ outcome }) => outcome === 'moved');

/**
 * The uid of a request that the host is asked about, where no Idempotency-Key tells it from its repeats: of the same request
 * while that is live, else a new one that the next repeat will find. So whoever sends the same again, because the host is slow
 * to answer, asks once (S21); and may ask again once the first was declined.
 */
const uidOfSameRequest = async (
  { uidFromKey, readBooking, newUid }: Pick<HttpDeps, 'uidFromKey' | 'readBooking' | 'newUid'>,
  { host, fingerprint }: AskedFor,
): Promise<E.Either<ApiError, string>> => {
  for (let ended = 0; ended < MAX_SAME_REQUESTS; ended += 1) {
    const uid = uidFromKey(`same request ${host.id}`, `${fingerprint}/${ended}`);
    const before = await readBooking(uid)();
    if (E.isRight(before) && !isRepeatedBy(before.right.booking)) continue;
    return E.isRight(before) || before.left.type === 'UnknownBooking'
      ? E.right(uid)
      : E.left(fromApplication(before.left));
  }
  return E.right(newUid());
};

type Requested = { readonly uid: string; readonly position: number; readonly repeated: boolean };

const createdHeaders = ({ uid, position, repeated }: Requested, waiting: Waiting) => ({
  Location: `/v2/bookings/${uid}`,
  'Holdfast-Position': String(position),
  ...(repeated ? { 'Idempotency-Replayed': 'true' } : {}),
  ...appliedHeader(waiting),
});

/** A key that may book for this host stands for those who book through it: whoever holds it knows them, and limits them. */
export const vouches = (caller: Caller, hostId: string): boolean =>
  covers(caller, hostId) && hasRole(caller, 'book', 'host');

/** Whether it is known that this request has written nothing, so that nobody is told of it. */
export const isUnwritten = (booked: E.Either<{ readonly type: string }, { readonly repeated: boolean }>): boolean =>
  E.isRight(booked) ? booked.right.repeated : booked.left.type !== 'OutcomeUnknown';

/** `body` of the request: as `POST /v2/bookings` takes it. `key`: its Idempotency-Key. */
export type Book = (
  request: HttpRequest,
  key: string | null,
) => Promise<E.Either<ApiError, Requested & { readonly booking: KnownBooking }>>;

/** Takes bookings, within the limits of what strangers may make us send; one for the whole server, since it counts. */
export const makeBook = (
  deps: HttpDeps,
  catalog: Catalog,
  mailLimit: MailLimit | null = makeStrangersLimit(deps),
): Book => {
  const asRequest = toBookingRequest(deps.identity, catalog);
  const admission = makeHostAdmission(MOST_PER_HOST.bookings);
  const noted = noteRefusedRequest(deps, catalog);

  /** Whom the booking would write to is counted, unless a key vouches for it, or it was made before. `uid` null: it is new. */
  const named = async (request: HttpRequest, { host, attendee, guests }: AskedFor, uid: string | null) => {
    if (mailLimit === null || vouches(request.caller, host.id)) return E.right(() => undefined);
    const admitted = await mailLimit({ caller: request.subject, attendee: attendee.email, guests });
    if (E.isRight(admitted) || uid === null) return admitted;
    return E.isRight(await deps.readBooking(uid)()) ? E.right(() => undefined) : admitted;
  };

  return async (request, key) => {
    const body = decodeCreateBody(request.body);
    const asked = E.isLeft(body) ? body : asRequest(body.right);
    if (E.isLeft(asked)) return E.left(noted(request.body, asked.left));
    const isAsked = confirmationPolicyOf(asked.right.eventType) !== null;
    const chosen = key === null && isAsked ? await uidOfSameRequest(deps, asked.right) : null;
    if (chosen !== null && E.isLeft(chosen)) return chosen;
    const uid =
      chosen?.right ??
      (key === null ? deps.newUid() : deps.uidFromKey(keyScope(request.caller, asked.right.attendee.email), key));
    const context = {
      commandId: `request/${uid}`,
      actor: actorOf(request.caller, asked.right.host.id),
      correlationId: uid,
      causationId: null,
    };
    const release = admission(asked.right.host.id);
    if (release === null) return E.left(noted(request.body, overloaded));
    const admitted = await named(request, asked.right, key === null ? null : uid);
    if (E.isLeft(admitted)) {
      release();
      return E.left(noted(request.body, admitted.left));
    }
    const booked = await deps
      .requestBooking(
        {
          ...asked.right,
          uid,
          repeatable: key !== null || isAsked,
          invitesOnceVerified:
            deps.guestInvitations === 'after-attendee' && !vouches(request.caller, asked.right.host.id),
        },
        context,
        new AbortController().signal,
      )()
      .finally(release);
    if (isUnwritten(booked)) admitted.right();
    return pipe(booked, E.mapLeft(fromApplication));
  };
};

/**
 * `POST /v2/bookings`. The request is durable before anything else; then the answer waits a bounded time for the
 * decision and says the status as it is. A client that hangs up ends the waiting, never the booking.
 */
export const postBooking = (deps: HttpDeps, catalog: Catalog, book: Book): EndpointHandler => {
  const noted = noteRefusedRequest(deps, catalog);
  return async (request): Promise<E.Either<ApiError, HttpAnswer>> => {
    const unsupported = unsupportedField(request.body);
    if (unsupported !== null) return E.left(noted(request.body, unsupported));
    const key = idempotencyKey(request.header('idempotency-key'));
    if (E.isLeft(key)) return E.left(noted(request.body, key.left));
    const booked = await book(request, key.right);
    if (E.isLeft(booked)) return booked;
    const { uid, repeated } = booked.right;
    const waiting = waitingOf(request.header('prefer'), deps.answerWaitMs);
    const now =
      waiting.waitMs === 0 ? booked.right : await deps.decided(uid, booked.right, waiting.waitMs, request.whenGone());
    const headers = createdHeaders({ uid, repeated, position: now.position }, waiting);
    const booking = presentForCaller(request.caller, catalog, deps)(uid, now.booking);
    // Who repeats a request without a key may be somebody else who knows what was asked: the token stays with the mail.
    const links = repeated && key.right === null ? {} : guestLinks(deps, uid, now.booking);
    return E.right(success({ ...booking, ...links }, headers, 201));
  };
};
