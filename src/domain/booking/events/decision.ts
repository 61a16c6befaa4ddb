import * as t from 'io-ts';
import { failureKindCodec } from '../../calendar/calendar-failure.ts';
import { instantCodec, nullable, saltCodec } from '../../event/codecs.ts';

/**
 * The slot was held and the request did not come, so the hold is given up; written in the place of the request, so that one
 * that comes late is refused by its revision. Possible only where an engine cannot write both at once.
 */
export const requestAbandonedCodec = t.type({});

/** The booking is on: a calendar holds it, or the host has none connected. Only now may anybody be told "confirmed". */
export const bookingAcceptedCodec = t.type({
  reason: t.keyof({ calendar_holds_it: null, no_calendar_connected: null }),
});

/** The booking stays undecided, and this is why. The slot stays held until `deadline`. */
export const bookingLeftPendingCodec = t.type({
  reason: t.keyof({ awaiting_approval: null, calendar_sync_failed: null }),
  deadline: instantCodec,
  failures: t.readonlyArray(
    t.type({ calendarId: t.string, kind: failureKindCodec, message: t.string, retryable: t.boolean }),
  ),
});

/** The host said yes; the calendars are written now, and approval is not asked again. */
export const bookingApprovedCodec = t.type({});

/** The host said no. */
export const bookingRejectedCodec = t.type({ personal: t.type({ salt: saltCodec, reason: nullable(t.string) }) });

/** Time ran out: no calendar took it, or nobody approved. The slot is free again. */
export const bookingExpiredCodec = t.type({
  reason: t.keyof({ calendar_sync_failed: null, approval_missed: null }),
});

/** Somebody called it off. */
export const bookingCancelledCodec = t.type({
  by: t.keyof({ guest: null, host: null }),
  personal: t.type({ salt: saltCodec, reason: nullable(t.string) }),
});
