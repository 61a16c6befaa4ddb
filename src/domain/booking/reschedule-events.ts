import * as t from 'io-ts';
import { failureKindCodec } from '../calendar/calendar-failure.ts';
import { instantCodec, orNull, saltCodec, spanCodec } from '../log/envelope.ts';

/** Whose move it is, by what they came with and not by what they say: a host's needs nobody's approval. */
const byCodec = t.keyof({ guest: null, host: null });

/**
 * Somebody asked for another time, and the host's time is held for it. The old time stays in force until
 * `BookingRescheduled`. `requiresApproval`: no calendar is asked before the host has said yes. `syncAllowanceMs`: for how
 * long after that, or else from now on, the calendars are tried, in milliseconds. `approval`: by when the host has to have decided
 * about the new time, where the host is asked.
 */
export const rescheduleRequestedCodec = t.intersection([
  t.type({
    rescheduleId: t.string,
    by: byCodec,
    start: instantCodec,
    end: instantCodec,
    claim: spanCodec,
    requiresApproval: t.boolean,
    syncAllowanceMs: t.number,
    personal: t.type({ salt: saltCodec, reason: orNull(t.string) }),
  }),
  t.partial({
    approval: t.type({ deadline: instantCodec, remindAt: t.readonlyArray(instantCodec), holdsSlot: t.boolean }),
  }),
]);

/** The host said yes to the new time; the calendars are asked now. */
export const rescheduleApprovedCodec = t.type({ rescheduleId: t.string });

/**
 * The new time is in force: a calendar holds the booking there, or none is connected, or nothing was promised for the old
 * time yet. `previous`: what it was. The old time is free again.
 */
export const bookingRescheduledCodec = t.type({
  rescheduleId: t.string,
  by: byCodec,
  previous: spanCodec,
  start: instantCodec,
  end: instantCodec,
  claim: spanCodec,
});

/** The host said no to the new time. The old one stays in force. */
export const rescheduleDeclinedCodec = t.type({
  rescheduleId: t.string,
  personal: t.type({ salt: saltCodec, reason: orNull(t.string) }),
});

/**
 * The new time came to nothing, and the old one stays in force. `calendar_refused`: no calendar took the event there, or
 * none in time; `failures` says why. `approval_missed`: the host did not answer in time.
 */
export const rescheduleFailedCodec = t.type({
  rescheduleId: t.string,
  reason: t.keyof({ calendar_refused: null, approval_missed: null }),
  failures: t.readonlyArray(
    t.type({ calendarId: t.string, kind: failureKindCodec, message: t.string, retryable: t.boolean }),
  ),
});

/** Another time was asked for before the host had answered: only the later question stands. */
export const rescheduleWithdrawnCodec = t.type({ rescheduleId: t.string, reason: t.keyof({ superseded: null }) });

/**
 * A time was held for a move and the request for it did not come, so the hold is given up; a request that comes late finds
 * this and is refused. Possible only where an engine cannot write both at once.
 */
export const rescheduleAbandonedCodec = t.type({ rescheduleId: t.string });
