import * as t from 'io-ts';
import { instantCodec } from '../log/envelope.ts';

/** What is to become of a booking whose event a person took out of the calendar, or cancelled there. */
export const deletedPolicyCodec = t.keyof({ cancel: null, restore: null, pending: null });
export type DeletedPolicy = t.TypeOf<typeof deletedPolicyCodec>;

/** What is to become of a booking whose event a person moved in the calendar. */
export const movedPolicyCodec = t.keyof({ follow: null, restore: null, ask: null });
export type MovedPolicy = t.TypeOf<typeof movedPolicyCodec>;

/**
 * `number`: of what was found different in this calendar for this booking, from 1; what is said of an earlier one is no
 * news. `settleAt`: when the host's policy takes effect if nobody says otherwise, and not after the meeting begins.
 */
const difference = { calendarId: t.string, number: t.number, settleAt: instantCodec };

/** What people do to our events in a calendar, by event type. A storage format: never renamed. */
export const watchEventCodecs = {
  /**
   * The calendar does not hold the event any more, by none of our doing: it was asked for by our id twice, some time apart.
   * `policy`: of the host for this calendar at that time, so that a later configuration changes no past decision (I9).
   */
  CalendarEventMissing: t.type({ ...difference, policy: deletedPolicyCodec }),
  /** The calendar holds the event at another time than the booking's: from `start` to `end`, by two looks some time apart. */
  CalendarEventMoved: t.type({ ...difference, start: instantCodec, end: instantCodec, policy: movedPolicyCodec }),
  /** The event is there at its time, but says that it was cancelled (`STATUS:CANCELLED`), or that somebody else organizes it. */
  CalendarEventChanged: t.type({
    ...difference,
    change: t.keyof({ cancelled: null, organizer: null }),
    policy: deletedPolicyCodec,
  }),
  /**
   * The calendar was asked directly and holds the event at the booking's time. Written rarely: when somebody asked, shortly
   * before the meeting, and where it had been different before. `number`: of the last difference there, 0: there was none.
   */
  CalendarEventVerified: t.type({ calendarId: t.string, number: t.number }),
  /** Somebody wants the event as it was: it is written again. */
  CalendarEventRestoreRequested: t.type({
    calendarId: t.string,
    number: t.number,
    by: t.keyof({ host: null, operator: null }),
  }),
  /**
   * The time that the event was moved to cannot be the booking's; `reason`: a code, no text of the calendar. `takenBy`: the uid of
   * the booking that has that time. The host is asked.
   */
  CalendarEventNotFollowed: t.intersection([
    t.type({ calendarId: t.string, number: t.number, reason: t.string }),
    t.partial({ takenBy: t.string }),
  ]),
} as const;
