import * as t from 'io-ts';
import { failureKindCodec } from '../calendar/calendar-failure.ts';
import { instantCodec, orNull } from '../log/envelope.ts';

const attempted = { calendarId: t.string, attempt: t.number };
const failed = {
  ...attempted,
  kind: failureKindCodec,
  message: t.string,
  retryable: t.boolean,
  retryAt: orNull(instantCodec),
};

/**
 * How long the call took, in milliseconds, where no event of its own tells when it began; earlier logs do not say. Told for
 * auditors: nothing is decided by it.
 */
const timed = { tookMs: t.number };
const failedTimed = t.intersection([t.type(failed), t.partial(timed)]);

/** We are about to write the event to a calendar; an answer that never comes leaves this behind as the trace. */
export const calendarSyncStartedCodec = t.type(attempted);

/** What whoever reads the calendar is told of the booking (RFC 5545, 3.8.1.11). */
export const eventStatusCodec = t.keyof({ tentative: null, confirmed: null });
export type EventStatus = t.TypeOf<typeof eventStatusCodec>;

/**
 * The calendar holds the event under this id. `status`: what the event says there; `tentative` where it was
 * written before the booking was accepted, or may have been. `found`: it was there already, written by an attempt whose answer was lost.
 * `calendarAddress`: where the calendar was at that time, so that it shows when it is configured elsewhere later; earlier
 * logs do not say. `start`: when the event begins there, where that is not when the booking is wanted to begin by now.
 * `detailsVersion`: how often guests or place had changed when it was written; not there, here and below: never.
 */
export const calendarSyncSucceededCodec = t.intersection([
  t.type({
    ...attempted,
    providerEventId: t.string,
    status: eventStatusCodec,
    meetingUrl: orNull(t.string),
    found: t.boolean,
  }),
  t.partial({ calendarAddress: t.string, start: instantCodec, detailsVersion: t.number }),
]);

/** The calendar did not take the event. `retryAt`: when we try again; null: only a person can help. */
export const calendarSyncFailedCodec = t.type(failed);

/** The booking was accepted, and its event in the calendar says so now, with the guests and the place of `detailsVersion`. */
export const calendarEventConfirmedCodec = t.intersection([
  t.type(attempted),
  t.partial({ detailsVersion: t.number, ...timed }),
]);

/**
 * The booking is accepted and the calendar holds it, but its event there still says tentative, or has guests or a place of
 * before.
 */
export const calendarConfirmationFailedCodec = failedTimed;

/** Somebody asks for another try now of what failed last at this calendar: the host, or a start of the server. */
export const calendarRetryRequestedCodec = t.type({ calendarId: t.string });

/** The event in the calendar now says where to meet. */
export const calendarEventDecoratedCodec = t.intersection([
  t.type({ ...attempted, meetingUrl: t.string }),
  t.partial(timed),
]);

/** The event is in the calendar, its meeting link is not; that alone is tried again. */
export const calendarDecorationFailedCodec = failedTimed;

/**
 * We are about to move the event in a calendar to this time; an answer that never comes leaves this behind as the trace.
 * Also back to the old time, where a reschedule came to nothing after the calendar was asked.
 */
export const calendarMoveStartedCodec = t.type({ ...attempted, start: instantCodec, end: instantCodec });

/**
 * The calendar holds the event at this time. `created`: it did not hold it any more, so that it was written anew; then
 * `providerEventId` may be another than before.
 */
export const calendarMoveSucceededCodec = t.intersection([
  t.type({
    ...attempted,
    providerEventId: t.string,
    start: instantCodec,
    end: instantCodec,
    status: eventStatusCodec,
    meetingUrl: orNull(t.string),
    created: t.boolean,
  }),
  t.partial({ calendarAddress: t.string, detailsVersion: t.number }),
]);

/** The calendar did not move the event to this time. `retryAt`: when we try again; null: not for this reschedule any more. */
export const calendarMoveFailedCodec = t.type({ ...failed, start: instantCodec, end: instantCodec });

/** The event of a booking that is not live any more is out of the calendar. */
export const calendarRemovalSucceededCodec = t.intersection([
  t.type({ ...attempted, outcome: t.keyof({ removed: null, 'already-gone': null }) }),
  t.partial(timed),
]);

/** The calendar still shows an event of a booking that is not live; the removal is pending and visible. */
export const calendarRemovalFailedCodec = failedTimed;

/** A person says that the event which could not be removed is dealt with, or does not matter: it is not hunted any more. */
export const calendarRemovalAcknowledgedCodec = t.type({ calendarId: t.string });
