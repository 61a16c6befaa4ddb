import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { isTriedAgain } from '../../application/booking/await-decision.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { covers, hasRole } from '../access/caller.ts';
import { optional, text } from '../decoding/codecs.ts';
import { decodeBody } from '../decoding/decode.ts';
import type { ApiError } from '../errors/api-error.ts';
import { apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Handler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';
import { MAX_REASON } from './cancel-booking.ts';
import type { Catalog } from './catalog.ts';
import { changeContext } from './change-context.ts';
import { appliedHeader, waitingOf } from './prefer.ts';
import { presentTo } from './present-to.ts';
import { readOne } from './read-one.ts';

type Change = HttpDeps['approveBooking'];

const notTheirs = apiError('forbidden', 'This booking belongs to another host.');

/** A change by a key of the booking's host; then the answer waits, as after a request, for what the calendars say. */
const changed =
  (
    deps: HttpDeps,
    catalog: Catalog,
    changeOf: (body: unknown) => E.Either<ApiError, Change>,
    isOver?: (booking: KnownBooking) => boolean,
  ): Handler =>
  async (request) => {
    const change = changeOf(request.body);
    if (E.isLeft(change)) return change;
    const found = await readOne(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    if (!covers(request.caller, booking.request.hostId)) return E.left(notTheirs);
    const kind = hasRole(request.caller, 'host') ? 'host' : 'operator';
    const done = await change.right(uid, changeContext(deps, request.caller, uid, kind))();
    if (E.isLeft(done)) return E.left(fromApplication(done.left));
    const waiting = waitingOf(request.header('prefer'), deps.answerWaitMs);
    const now = await deps.decided(uid, done.right, waiting.waitMs, request.whenGone(), isOver);
    const headers = { 'Holdfast-Position': String(now.position), ...appliedHeader(waiting) };
    return E.right(success(presentTo(request.caller, catalog)(uid, now.booking), headers));
  };

const decodeDeclineBody = decodeBody(t.type({ reason: optional(text(MAX_REASON)) }, 'an object'), null);

/** `POST /v2/bookings/{uid}/confirm`: the host says yes, the calendars are written. */
export const confirmBooking = (deps: HttpDeps, catalog: Catalog): Handler =>
  changed(deps, catalog, () => E.right(deps.approveBooking));

/** `POST /v2/bookings/{uid}/decline`: the host says no. */
export const declineBooking = (deps: HttpDeps, catalog: Catalog): Handler =>
  changed(deps, catalog, (body) =>
    pipe(
      decodeDeclineBody(body),
      E.map(({ reason }) => deps.rejectBooking(reason ?? null)),
    ),
  );

/** `POST /v2/bookings/{uid}/retry`, ours: somebody mended a calendar. The answer waits for what it says now. */
export const retryBooking = (deps: HttpDeps, catalog: Catalog): Handler =>
  changed(deps, catalog, () => E.right(deps.retryBooking), isTriedAgain);
