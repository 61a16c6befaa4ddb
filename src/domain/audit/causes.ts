import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type BookingState, noBooking } from '../booking/booking-state.ts';
import type { BookingEvent, BookingEventType } from '../booking/events.ts';
import { evolve } from '../booking/evolve.ts';
import type { Effect } from '../saga/effect.ts';
import { react } from '../saga/react.ts';
import type { Numbered } from './redecide.ts';

type Told = Numbered<BookingEvent>;

/** The wish of the saga that is carried out where an event is written; what answers a call that was begun has that for a cause. */
const carriedOut: Partial<Record<BookingEventType, Effect['type']>> = {
  RoomReady: 'MakeRoom',
  RoomFailed: 'MakeRoom',
  CalendarSyncStarted: 'WriteCalendar',
  CalendarMoveStarted: 'MoveCalendarEvent',
  CalendarEventConfirmed: 'ConfirmCalendarEvent',
  CalendarConfirmationFailed: 'ConfirmCalendarEvent',
  CalendarEventDecorated: 'DecorateCalendarEvent',
  CalendarDecorationFailed: 'DecorateCalendarEvent',
  CalendarRemovalSucceeded: 'RemoveFromCalendar',
  CalendarRemovalFailed: 'RemoveFromCalendar',
  BookingAccepted: 'Accept',
  BookingLeftPending: 'LeavePending',
  ApprovalReminderDue: 'RemindOfApproval',
  BookingExpired: 'Expire',
  BookingRescheduled: 'CompleteReschedule',
  RescheduleFailed: 'FailReschedule',
  BookingCancelled: 'CancelForDifference',
  RescheduleRequested: 'FollowCalendarEvent',
  RescheduleApproved: 'FollowCalendarEvent',
  CalendarEventNotFollowed: 'FollowCalendarEvent',
};

/** What a wish and the event that carries it out both say is the same. */
const SHARED = ['calendarId', 'attempt', 'number', 'reason'] as const;

const valueOf = (of: object, key: string): unknown => Object.entries(of).find(([name]) => name === key)?.[1];

const isFor = (effect: Effect, { type, data }: BookingEvent): boolean =>
  effect.type === carriedOut[type] &&
  SHARED.every((key) => !(key in effect) || !(key in data) || valueOf(effect, key) === valueOf(data, key));

/** What the saga wants; nothing where a forged log has numbers of which no time can be made. */
const wishesOf = (booking: BookingState): ReadonlyArray<Effect> =>
  pipe(
    E.tryCatch(() => react(booking), String),
    E.getOrElse((): ReadonlyArray<Effect> => []),
  );

/** The event from which on the saga has wanted just this, without a break; null: it did not want it. */
const plannedAt = (wanted: ReadonlyArray<ReadonlyArray<Effect>>, index: number, event: BookingEvent): number | null => {
  const wish = wanted[index - 1]?.find((effect) => isFor(effect, event));
  if (wish === undefined) return null;
  const text = JSON.stringify(wish);
  let from = index - 1;
  while (wanted[from - 1]?.some((effect) => JSON.stringify(effect) === text) === true) from -= 1;
  return from;
};

const isFailure = ({ type }: BookingEvent): boolean => type.startsWith('Calendar') && type.endsWith('Failed');

/** What calendars answered last about the time that is wanted, of those that did or did not take it. */
const lastAnswers = (before: ReadonlyArray<Told>, isTaken: boolean): ReadonlyArray<Told> => {
  const last = new Map<string, Told>();
  for (const told of before)
    if (/^Calendar(Sync|Move)(Succeeded|Failed)$/.test(told.event.type) && 'calendarId' in told.event.data)
      last.set(told.event.data.calendarId, told);
  return [...last.values()].filter(({ event }) => isFailure(event) !== isTaken);
};

const isDifference = ({ type }: BookingEvent): boolean => /^CalendarEvent(Missing|Moved|Changed)$/.test(type);

/** The question about a new time that these events are an answer to. */
const answersMove: ReadonlySet<BookingEventType> = new Set([
  'RescheduleFailed',
  'RescheduleApproved',
  'RescheduleDeclined',
  'RescheduleWithdrawn',
  'BookingRescheduled',
] as const);

/** The last event before that is about the same, by these names in the data. */
const lastAbout = (
  before: ReadonlyArray<Told>,
  { data }: BookingEvent,
  keys: ReadonlyArray<'calendarId' | 'number' | 'rescheduleId'>,
  isOne: (event: BookingEvent) => boolean,
): ReadonlyArray<Told> =>
  before
    .filter(({ event }) => isOne(event) && keys.every((key) => valueOf(event.data, key) === valueOf(data, key)))
    .slice(-1);

const isAsked = ({ type }: BookingEvent): boolean => type === 'RescheduleRequested';

/** What an event goes by, beside what planned it: it says so in its data. */
const factsOf = (event: BookingEvent, before: ReadonlyArray<Told>, isAllOf: boolean): ReadonlyArray<Told> => {
  const { type, data } = event;
  if (type === 'BookingAccepted') return isAllOf ? lastAnswers(before, true) : [];
  if (type === 'CalendarRetryRequested') return lastAbout(before, event, ['calendarId'], isFailure);
  if (type === 'CalendarEventRestoreRequested' || type === 'CalendarEventNotFollowed')
    return lastAbout(before, event, ['calendarId', 'number'], isDifference);
  const reason = 'reason' in data ? data.reason : null;
  const isOfCalendars = reason === 'calendar_sync_failed' || reason === 'calendar_refused';
  return [
    ...(answersMove.has(type) ? lastAbout(before, event, ['rescheduleId'], isAsked) : []),
    ...(isOfCalendars ? lastAnswers(before, false) : []),
  ];
};

/**
 * Revisions of the events that led to one of a booking, as today's code understands it: after which the saga wanted what was
 * done, and which answers and questions a decision is about. The log itself names the event that was last known, which may be
 * a message that was sent meanwhile. Empty: nothing is known but what the log names. `isCommand`: somebody asked for it, so the
 * saga planned nothing.
 */
export const causesIn = (events: ReadonlyArray<Told>) => {
  const wanted: ReadonlyArray<Effect>[] = [];
  let booking: BookingState = noBooking;
  let isAllOf = false;
  for (const { event } of events) {
    if (event.type === 'BookingRequested') isAllOf = event.data.acceptance === 'all-of';
    booking = evolve(booking, event);
    wanted.push(wishesOf(booking));
  }
  return (revision: number, isCommand: boolean): ReadonlyArray<number> => {
    const index = events.findIndex((told) => told.revision === revision);
    const told = events[index];
    if (told === undefined) return [];
    const planned = isCommand ? null : plannedAt(wanted, index, told.event);
    const facts = factsOf(told.event, events.slice(0, index), isAllOf);
    const found = [planned === null ? [] : (events[planned] ?? []), ...facts].flat();
    return [...new Set(found.map((one) => one.revision))].toSorted((a, b) => a - b);
  };
};
