import type { CalendarProviderName } from '../booking/events.ts';
import * as E from 'fp-ts/lib/Either.js';
import { outcomesOf } from '../booking/booking-state.ts';
import type { LeaseRequest } from '../booking/commands.ts';
import { leaseElsewhere } from '../booking/lease.ts';
import type { CalendarFailure } from './calendar-failure.ts';
import { type Interval, toEpochMs, toInstant } from '../time/time.ts';
import { type CalendarState, dayOf, namedOn } from './calendar-state.ts';
import { noteTry, type NoteTry } from './decide-outage.ts';
import type { CalendarStreamEvent, CalendarStreamEventData, UnreadableRecord } from './events.ts';

/**
 * Anybody can send invitations, so what is written and mailed because of them has an end: objects that are named at once,
 * objects that are named in a day (UTC), and events that name some in a day, which is also mails to a host in a day.
 */
export const MOST_NAMED = 100;
export const MOST_NAMED_A_DAY = 20;
export const MOST_MAILS_A_DAY = 5;
/** An object whose last instant is so long over, and that nobody reports any more, is forgotten. */
const PAST_KEPT_DAYS = 30;

/** Longest texts that are kept of an object. */
const LONGEST_HREF = 1_000;
const LONGEST_REASON = 300;

/** A host is told of refused bookings once in so many ms for a calendar, and not where it was told as unreadable (S28). */
export const REFUSALS_TOLD_EVERY_MS = 86_400_000;

/** What one look at a calendar could not read. `blocked`: epoch milliseconds. */
export type UnreadableFound = {
  readonly href: string;
  readonly reason: string;
  readonly blocked: ReadonlyArray<Interval>;
};

/** `now`: epoch milliseconds. `salt`: random text for the personal part. */
export type CalendarCommand = { readonly now: number } & (
  | {
      readonly type: 'NotePlace';
      readonly salt: string;
      readonly provider: CalendarProviderName;
      readonly address: string;
    }
  /** `window`: what was looked at. Objects that were not reported are gone only if they would lie in it. */
  | {
      readonly type: 'NoteReading';
      readonly salt: string;
      readonly window: Interval;
      readonly unreadable: ReadonlyArray<UnreadableFound>;
    }
  /** `start`: of the time that was asked for, epoch milliseconds. */
  | {
      readonly type: 'NoteRefusedBooking';
      readonly start: number;
      readonly failure: Pick<CalendarFailure, 'kind' | 'message'>;
    }
  | NoteTry
  /** Too much was found at once. */
  | { readonly type: 'StopWatch'; readonly found: number; readonly watched: number }
  | { readonly type: 'ResumeWatch'; readonly how: 'accept' | 'restore' }
  /** `node` heard of a change, and another watches. Each is written: what came of the one before is not known. */
  | { readonly type: 'HintWatch'; readonly node: string }
  /** The three that a notifier gives are the same as a booking's. */
  | { readonly type: 'LeaseEffect'; readonly effect: string; readonly lease: LeaseRequest }
  | { readonly type: 'RecordNotification'; readonly sent: CalendarStreamEventData<'CalendarNotificationSent'> }
  | { readonly type: 'ParkNotification'; readonly parked: CalendarStreamEventData<'CalendarNotificationParked'> }
);
type On<T extends CalendarCommand['type']> = Extract<CalendarCommand, { readonly type: T }>;

export type CalendarRejection = { readonly type: 'LeasedElsewhere'; readonly node: string; readonly until: string };
export type CalendarDecision = E.Either<CalendarRejection, ReadonlyArray<CalendarStreamEvent>>;

const notePlace = (
  { place }: CalendarState,
  { now, salt, provider, address }: On<'NotePlace'>,
): ReadonlyArray<CalendarStreamEvent> => {
  if (place?.provider === provider && place.address === address) return [];
  const type = place === null ? 'CalendarConnected' : 'CalendarAddressChanged';
  return [{ type, occurredAt: toInstant(now), data: { provider, personal: { salt, address } } }];
};

const recordOf = ({ href, reason, blocked }: UnreadableFound, window: Interval): UnreadableRecord => {
  const [first = window, ...rest] = blocked;
  const start = rest.reduce((least, one) => Math.min(least, one.start), first.start);
  const end = rest.reduce((most, one) => Math.max(most, one.end), first.end);
  return {
    href: href.slice(0, LONGEST_HREF),
    reason: reason.slice(0, LONGEST_REASON),
    start: toInstant(start),
    end: toInstant(end),
  };
};

/** Each object once, by the name that it is recorded under. */
const byHref = ({ unreadable }: On<'NoteReading'>): ReadonlyMap<string, UnreadableFound> =>
  new Map(unreadable.map((found) => [found.href.slice(0, LONGEST_HREF), found]));

const keptMs = Temporal.Duration.from({ hours: 24 * PAST_KEPT_DAYS }).total('milliseconds');

const within = (outer: Interval, span: { readonly start: string; readonly end: string }): boolean =>
  outer.start <= toEpochMs(span.start) && toEpochMs(span.end) <= outer.end;

/**
 * Known objects that this look shows to be gone or readable: it covered all that they block, or all of the look that found
 * them, and did not report them.
 */
const clearedBy = (
  calendar: CalendarState,
  { window, now }: On<'NoteReading'>,
  reported: ReadonlyMap<string, unknown>,
): ReadonlyArray<string> =>
  calendar.unreadable
    .filter(({ href }) => !reported.has(href))
    .filter((known) => within(window, known) || within(window, known.window) || toEpochMs(known.end) < now - keptMs)
    .map(({ href }) => href);

const notNamed = (calendar: CalendarState, more: number, occurredAt: string): ReadonlyArray<CalendarStreamEvent> =>
  more > 0 && more >= 2 * calendar.more ? [{ type: 'CalendarObjectsNotNamed', occurredAt, data: { more } }] : [];

const noteReading = (calendar: CalendarState, command: On<'NoteReading'>): ReadonlyArray<CalendarStreamEvent> => {
  const { now, salt, window } = command;
  const occurredAt = toInstant(now);
  const reported = byHref(command);
  const hrefs = clearedBy(calendar, command, reported);
  const known = new Set(calendar.unreadable.map(({ href }) => href));
  const found = [...reported].flatMap(([href, one]) => (known.has(href) ? [] : [one]));
  const today = namedOn(calendar, dayOf(occurredAt));
  const left = Math.min(MOST_NAMED - known.size + hrefs.length, MOST_NAMED_A_DAY - today.objects);
  const named = today.events < MOST_MAILS_A_DAY ? found.slice(0, Math.max(0, left)) : [];
  const objects = named.map((one) => recordOf(one, window));
  const more = found.length - objects.length;
  return [
    ...(hrefs.length === 0
      ? []
      : [{ type: 'CalendarObjectsCleared', occurredAt, data: { personal: { salt, hrefs } } } as const]),
    ...(objects.length === 0
      ? notNamed(calendar, more, occurredAt)
      : [
          {
            type: 'CalendarObjectsUnreadable',
            occurredAt,
            data: {
              more,
              window: { start: toInstant(window.start), end: toInstant(window.end) },
              personal: { salt, objects },
            },
          } as const,
        ]),
  ];
};

const noteRefusedBooking = (
  { refusalToldAt, outage }: CalendarState,
  { now, start, failure: { kind, message } }: On<'NoteRefusedBooking'>,
): ReadonlyArray<CalendarStreamEvent> => {
  if (outage !== null && outage.toldAt !== null) return [];
  if (refusalToldAt !== null && now - toEpochMs(refusalToldAt) < REFUSALS_TOLD_EVERY_MS) return [];
  const data = { start: toInstant(start), kind, message: message.slice(0, LONGEST_REASON) };
  return [{ type: 'CalendarUnreadableForBooking', occurredAt: toInstant(now), data }];
};

const leaseEffect = (
  calendar: CalendarState,
  { effect, lease: { node, until }, now }: On<'LeaseEffect'>,
): CalendarDecision => {
  const other = leaseElsewhere(calendar, effect, node, now);
  return other === null
    ? E.right([
        { type: 'CalendarEffectLeased', occurredAt: toInstant(now), data: { effect, node, until: toInstant(until) } },
      ])
    : E.left({ type: 'LeasedElsewhere', node: other.node, until: other.until });
};

/**
 * What a command does to a calendar's own stream. "Already so" is success without events. Only a lease can be refused, and
 * only while another node has it.
 */
export const decideCalendar = (calendar: CalendarState, command: CalendarCommand): CalendarDecision => {
  const occurredAt = toInstant(command.now);
  switch (command.type) {
    case 'NotePlace':
      return E.right(notePlace(calendar, command));
    case 'NoteReading':
      return E.right(noteReading(calendar, command));
    case 'NoteRefusedBooking':
      return E.right(noteRefusedBooking(calendar, command));
    case 'StopWatch':
      return E.right(
        calendar.watchStopped === undefined
          ? [{ type: 'CalendarWatchStopped', occurredAt, data: { found: command.found, watched: command.watched } }]
          : [],
      );
    case 'ResumeWatch':
      return E.right(
        calendar.watchStopped === undefined
          ? []
          : [{ type: 'CalendarWatchResumed', occurredAt, data: { how: command.how } }],
      );
    case 'HintWatch':
      return E.right([{ type: 'CalendarWatchHinted', occurredAt, data: { node: command.node } }]);
    case 'NoteTry':
      return E.right(noteTry(calendar, command));
    case 'LeaseEffect':
      return leaseEffect(calendar, command);
    case 'RecordNotification':
      return E.right(
        outcomesOf(calendar.notificationOutcomes, command.sent).includes('sent')
          ? []
          : [{ type: 'CalendarNotificationSent', occurredAt, data: command.sent }],
      );
    case 'ParkNotification':
      return E.right(
        outcomesOf(calendar.notificationOutcomes, command.parked).length > 0
          ? []
          : [{ type: 'CalendarNotificationParked', occurredAt, data: command.parked }],
      );
  }
};
