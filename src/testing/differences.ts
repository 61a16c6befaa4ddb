import type { BookingCommand } from '../domain/booking/commands.ts';
import type { BookingEventOf } from '../domain/booking/events.ts';
import type { Seen } from '../domain/booking/watch-commands.ts';
import type { DeletedPolicy, MovedPolicy } from '../domain/booking/watch-events.ts';
import type { Effect } from '../domain/saga/effect.ts';
import type { At } from './booking-events.ts';
import { epochMs, instant, START_OF_STORY, type Time } from './given.ts';

/** `number`: of the differences found in this calendar, 1 where it is left out. */
type Numbered = At & { readonly number?: number };

const occurredAt = ({ at = START_OF_STORY }: At): string => instant(at);

/** Two minutes after what was found at `at`. */
const GRACE_MS = 120_000;

const settleAt = (policy: string, { at = START_OF_STORY }: At): string =>
  Temporal.Instant.fromEpochMilliseconds(epochMs(at) + (policy === 'cancel' ? GRACE_MS : 0)).toString();

/** The event was taken out of the calendar by a person. */
export const eventMissing = (
  calendarId: string,
  policy: DeletedPolicy = 'cancel',
  options: Numbered = {},
): BookingEventOf<'CalendarEventMissing'> => ({
  type: 'CalendarEventMissing',
  occurredAt: occurredAt(options),
  data: { calendarId, number: options.number ?? 1, policy, settleAt: settleAt(policy, options) },
});

/** A person moved the event in the calendar, to half an hour from `to` on; or until `until`. */
export const eventMoved = (
  calendarId: string,
  to: Time,
  policy: MovedPolicy = 'follow',
  options: Numbered & { readonly until?: Time } = {},
): BookingEventOf<'CalendarEventMoved'> => ({
  type: 'CalendarEventMoved',
  occurredAt: occurredAt(options),
  data: {
    calendarId,
    number: options.number ?? 1,
    start: instant(to),
    end:
      options.until === undefined
        ? Temporal.Instant.fromEpochMilliseconds(epochMs(to) + 1_800_000).toString()
        : instant(options.until),
    policy,
    settleAt: settleAt(policy, options),
  },
});

/** A person cancelled the event in the calendar, or made somebody else its organizer. */
export const eventChanged = (
  calendarId: string,
  change: 'cancelled' | 'organizer',
  policy: DeletedPolicy = 'cancel',
  options: Numbered = {},
): BookingEventOf<'CalendarEventChanged'> => ({
  type: 'CalendarEventChanged',
  occurredAt: occurredAt(options),
  data: {
    calendarId,
    number: options.number ?? 1,
    change,
    policy,
    settleAt: settleAt(change === 'organizer' ? '' : policy, options),
  },
});

/** The calendar was asked and holds the event as booked. `number`: of the difference before, 0: there was none. */
export const eventVerified = (calendarId: string, options: Numbered = {}): BookingEventOf<'CalendarEventVerified'> => ({
  type: 'CalendarEventVerified',
  occurredAt: occurredAt(options),
  data: { calendarId, number: options.number ?? 0 },
});

/** The host wants the event as it was. */
export const restoreRequested = (
  calendarId: string,
  options: Numbered & { readonly by?: 'host' | 'operator' } = {},
): BookingEventOf<'CalendarEventRestoreRequested'> => ({
  type: 'CalendarEventRestoreRequested',
  occurredAt: occurredAt(options),
  data: { calendarId, number: options.number ?? 1, by: options.by ?? 'host' },
});

/** The booking cannot be where its event was moved to. */
export const notFollowed = (
  calendarId: string,
  reason = 'slot_unavailable',
  options: Numbered = {},
): BookingEventOf<'CalendarEventNotFollowed'> => ({
  type: 'CalendarEventNotFollowed',
  occurredAt: occurredAt(options),
  data: { calendarId, number: options.number ?? 1, reason },
});

type Of<T extends Effect['type']> = Extract<Effect, { readonly type: T }>;

/** Move the booking to where its event was moved, for half an hour from `to` on. */
export const followEvent = (calendarId: string, to: Time, number = 1): Of<'FollowCalendarEvent'> => ({
  type: 'FollowCalendarEvent',
  calendarId,
  number,
  start: instant(to),
  end: Temporal.Instant.fromEpochMilliseconds(epochMs(to) + 1_800_000).toString(),
  at: null,
});

/** Cancel the booking at this time, for what a person did in a calendar. */
export const cancelForDifference = (at: Time): Of<'CancelForDifference'> => ({
  type: 'CancelForDifference',
  at: instant(at),
});

/** Commands about what people do in calendars, at 10:00:00 if not told otherwise. */
export const watchCommand = {
  /** Write down what the calendar has said of the event, twice. */
  look: (
    calendarId: string,
    seen: Seen,
    options: At & {
      readonly deleted?: DeletedPolicy;
      readonly moved?: MovedPolicy;
      readonly isAsked?: boolean;
      readonly basis?: { readonly attempt: number; readonly moves: number; readonly number: number };
    } = {},
  ): BookingCommand => ({
    type: 'RecordLook',
    calendarId,
    seen,
    policy: { deleted: options.deleted ?? 'cancel', moved: options.moved ?? 'follow', graceMs: GRACE_MS },
    isAsked: options.isAsked ?? false,
    ...(options.basis === undefined ? {} : { basis: options.basis }),
    now: epochMs(options.at ?? START_OF_STORY),
  }),
  /** Ask for the event as it was. */
  restore: (options: At & { readonly by?: 'host' | 'operator' } = {}): BookingCommand => ({
    type: 'RequestRestore',
    calendarId: null,
    by: options.by ?? 'host',
    now: epochMs(options.at ?? START_OF_STORY),
  }),
};
