import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type CalendarState, evolveCalendar } from '../calendar/calendar-state.ts';
import { type CalendarCommand, type UnreadableFound, decideCalendar } from '../calendar/decide.ts';
import type { CalendarStreamEvent } from '../calendar/events.ts';
import { decideSchedule, type ScheduleCommand } from '../schedule/decide.ts';
import {
  type ScheduleEvent,
  type ScheduleState,
  claimOf,
  heldWithin,
  claimsForMoves,
} from '../schedule/schedule-state.ts';
import { evolveSchedule } from '../schedule/fold-schedule.ts';
import { type Interval, intervalOf, overlaps, toEpochMs } from '../time/time.ts';
import { isWritten } from './compare-events.ts';
import { grantedAgainst } from './judge-facts.ts';

type Held = Extract<ScheduleEvent, { readonly type: 'SlotHeld' | 'NewSlotHeld' }>;

/** The rules that were in force are not in the log: what is left are those that hold whatever a host configures. */
const judgeHold = (schedule: ScheduleState, { type, data, occurredAt }: Held): E.Either<string, void> => {
  const meeting = intervalOf(data);
  const claim = intervalOf(data.claim);
  const isHolding = claimOf(schedule, data.bookingUid) !== undefined;
  if (type === 'SlotHeld' && isHolding) return E.left('the booking holds a slot already');
  if (meeting.start >= meeting.end) return E.left('its meeting ends before it begins');
  if (claim.start > meeting.start || claim.end < meeting.end) return E.left('its claim does not cover the meeting');
  if (meeting.start < toEpochMs(occurredAt)) return E.left('its meeting began before it was held');
  const against = grantedAgainst(data);
  if (against !== null) return E.left(against);
  const taken = heldWithin(schedule, claim).find(
    (other) => overlaps(other.claim, claim) && (type === 'SlotHeld' || other.bookingUid !== data.bookingUid),
  );
  return taken === undefined ? E.right(undefined) : E.left(`its time is held by booking ${taken.bookingUid}`);
};

const commandOf = (event: Exclude<ScheduleEvent, Held>): ScheduleCommand => {
  const now = toEpochMs(event.occurredAt);
  switch (event.type) {
    case 'SlotConfirmed':
      return { type: 'ConfirmSlot', ...event.data, now };
    case 'SlotReleased':
      return { type: 'ReleaseSlot', ...event.data, now };
    case 'SlotMoved':
    case 'NewSlotReleased':
      return { type: 'SettleReschedule', ...event.data, moved: event.type === 'SlotMoved', now };
  }
};

const judgeChange = (schedule: ScheduleState, event: Exclude<ScheduleEvent, Held>): E.Either<string, void> => {
  const { bookingUid } = event.data;
  const decided = decideSchedule(schedule, commandOf(event));
  const standing = (): string =>
    'rescheduleId' in event.data && claimsForMoves(schedule, bookingUid).length === 0
      ? `booking ${bookingUid} holds no slot for that move`
      : claimOf(schedule, bookingUid) === undefined
        ? `booking ${bookingUid} holds no slot`
        : `the slot of booking ${bookingUid} is confirmed already`;
  return E.isLeft(decided) ? E.left(decided.left.code) : isWritten(event, decided.right, standing);
};

/** Whether the deciders could have written the event on that schedule. Left: why not, in one line. */
export const judgeOnSchedule = (schedule: ScheduleState, event: ScheduleEvent): E.Either<string, void> =>
  event.type === 'SlotHeld' || event.type === 'NewSlotHeld' ? judgeHold(schedule, event) : judgeChange(schedule, event);

/** As `judgeBookingEvent`, for the stream of a host's schedule. */
export const judgeScheduleEvent = (schedule: ScheduleState, event: ScheduleEvent): E.Either<string, ScheduleState> =>
  pipe(
    judgeOnSchedule(schedule, event),
    E.map(() => evolveSchedule(schedule, event)),
  );

/** Every time that there is, for a look at a calendar that has seen everything. */
const always: Interval = { start: -8.64e15, end: 8.64e15 };

/** Objects beyond those that an event names. */
const others = (count: number): ReadonlyArray<UnreadableFound> =>
  Array.from({ length: count }, (_, index) => ({ href: `other ${index}`, reason: '', blocked: [] }));

const known = ({ unreadable }: CalendarState, except: ReadonlyArray<string>): ReadonlyArray<UnreadableFound> =>
  unreadable.filter(({ href }) => !except.includes(href)).map(({ href }) => ({ href, reason: '', blocked: [] }));

const calendarCommandOf = (calendar: CalendarState, event: CalendarStreamEvent): CalendarCommand => {
  const now = toEpochMs(event.occurredAt);
  switch (event.type) {
    case 'CalendarConnected':
    case 'CalendarAddressChanged': {
      const { provider, personal } = event.data;
      return { type: 'NotePlace', provider, ...personal, now };
    }
    case 'CalendarObjectsUnreadable': {
      const { window, more, personal } = event.data;
      const named = personal.objects.map((object) => ({ ...object, blocked: [intervalOf(object)] }));
      const unreadable = [...known(calendar, []), ...named, ...others(more)];
      return { type: 'NoteReading', salt: personal.salt, window: intervalOf(window), unreadable, now };
    }
    case 'CalendarObjectsNotNamed': {
      const unreadable = [...known(calendar, []), ...others(event.data.more)];
      return { type: 'NoteReading', salt: '', window: always, unreadable, now };
    }
    case 'CalendarObjectsCleared': {
      const { salt, hrefs } = event.data.personal;
      return { type: 'NoteReading', salt, window: always, unreadable: known(calendar, hrefs), now };
    }
    case 'CalendarUnreadableForBooking': {
      const { start, kind, message } = event.data;
      return { type: 'NoteRefusedBooking', start: toEpochMs(start), failure: { kind, message }, now };
    }
    case 'CalendarReadingFailed':
    case 'CalendarCredentialRefused':
    case 'CalendarUnreadable': {
      const { kind, message, since } = event.data;
      const alertAfterMs = event.type === 'CalendarUnreadable' ? 0 : Infinity;
      return { type: 'NoteTry', failure: { kind, message }, since: toEpochMs(since), alertAfterMs, now };
    }
    case 'CalendarWatchStopped':
      return { type: 'StopWatch', ...event.data, now };
    case 'CalendarWatchResumed':
      return { type: 'ResumeWatch', ...event.data, now };
    case 'CalendarWatchHinted':
      return { type: 'HintWatch', ...event.data, now };
    case 'CalendarReadableAgain':
      return { type: 'NoteTry', failure: null, since: now, alertAfterMs: Infinity, now };
    case 'CalendarEffectLeased': {
      const { effect, node, until } = event.data;
      return { type: 'LeaseEffect', effect, lease: { node, until: toEpochMs(until) }, now };
    }
    case 'CalendarNotificationSent':
      return { type: 'RecordNotification', sent: event.data, now };
    case 'CalendarNotificationParked':
      return { type: 'ParkNotification', parked: event.data, now };
  }
};

/** As `judgeBookingEvent`, for a calendar's own stream. */
export const judgeCalendarEvent = (
  calendar: CalendarState,
  event: CalendarStreamEvent,
): E.Either<string, CalendarState> =>
  pipe(
    decideCalendar(calendar, calendarCommandOf(calendar, event)),
    E.mapLeft(({ node, until }) => `${node} has the lease until ${until}`),
    E.chain((decided) => isWritten(event, decided, () => 'it was so already')),
    E.map(() => evolveCalendar(calendar, event)),
  );
