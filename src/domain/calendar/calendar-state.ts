import type { NotificationOutcome, NotificationKey } from '../booking/booking-state.ts';
import { type RecordedLease, withLease } from '../booking/lease.ts';
import { toEpochMs } from '../time/time.ts';
import type { CalendarStreamEvent, CalendarStreamEventData, Outage, UnreadableRecord } from './events.ts';

/** Where a calendar is. `since`: the UTC instant from which on it is known to be there. */
export type CalendarPlace = { readonly provider: string; readonly address: string; readonly since: string };

/** `since`: when it was found. `window`: the look that found it. */
export type KnownUnreadable = UnreadableRecord & {
  readonly since: string;
  readonly window: CalendarStreamEventData<'CalendarObjectsUnreadable'>['window'];
};

/** What was named on one day (UTC, `YYYY-MM-DD`): objects, and events that named some, each of which is a mail. */
export type NamedOnDay = { readonly day: string; readonly objects: number; readonly events: number };

/**
 * A calendar that cannot be read now. `toldAt`: when its hosts and the operator were told of it; `credential`: whether it is
 * the credential that was told.
 */
export type KnownOutage = Outage & { readonly toldAt: string | null; readonly credential: boolean };

/** One calendar, as the fold of its own stream. `more`: how many objects beyond the named ones could not be read. */
export type CalendarState = {
  readonly place: CalendarPlace | null;
  /** Where it was before, the newest last. */
  readonly formerly: ReadonlyArray<CalendarPlace & { readonly until: string }>;
  readonly unreadable: ReadonlyArray<KnownUnreadable>;
  readonly more: number;
  readonly named: NamedOnDay;
  /** When a host was last to be told that a booking was refused because of it; null: never. */
  readonly refusalToldAt: string | null;
  /** Null: it could be read when it was last tried, or was never tried. */
  readonly outage: KnownOutage | null;
  /** What was found there stops the watching until somebody decides; not there: it goes on. */
  readonly watchStopped?: { readonly found: number; readonly watched: number; readonly since: string };
  readonly notificationOutcomes: ReadonlyArray<NotificationOutcome>;
  readonly leases: ReadonlyArray<RecordedLease>;
};

export const noCalendar: CalendarState = {
  place: null,
  formerly: [],
  unreadable: [],
  more: 0,
  named: { day: '', objects: 0, events: 0 },
  refusalToldAt: null,
  outage: null,
  notificationOutcomes: [],
  leases: [],
};

/** Outcomes that are remembered: what is told again is told within hours, so the newest are enough. */
const OUTCOMES_KEPT = 200;

/** Former places that are remembered. */
const PLACES_KEPT = 20;

export const dayOf = (instant: string): string => instant.slice(0, 10);

/** What was named on that day; nothing yet, where the count is of another day. */
export const namedOn = ({ named }: CalendarState, day: string): NamedOnDay =>
  named.day === day ? named : { day, objects: 0, events: 0 };

const withUnreadable = (
  calendar: CalendarState,
  { more, window, personal: { objects } }: CalendarStreamEventData<'CalendarObjectsUnreadable'>,
  occurredAt: string,
): CalendarState => {
  const known = new Set(calendar.unreadable.map(({ href }) => href));
  const before = namedOn(calendar, dayOf(occurredAt));
  return {
    ...calendar,
    unreadable: [
      ...calendar.unreadable,
      ...objects.filter(({ href }) => !known.has(href)).map((object) => ({ ...object, since: occurredAt, window })),
    ],
    more,
    named: { ...before, objects: before.objects + objects.length, events: before.events + 1 },
  };
};

const withSaid = (
  calendar: CalendarState,
  { causedBy, channel, notification, recipient }: NotificationKey,
  outcome: NotificationOutcome['outcome'],
): CalendarState => ({
  ...calendar,
  notificationOutcomes: [
    ...calendar.notificationOutcomes,
    { causedBy, channel, notification, recipient, outcome },
  ].slice(-OUTCOMES_KEPT),
});

/** One event more. Total: never throws. */
export const evolveCalendar = (calendar: CalendarState, event: CalendarStreamEvent): CalendarState => {
  switch (event.type) {
    case 'CalendarConnected':
    case 'CalendarAddressChanged': {
      const { provider, personal } = event.data;
      const { place, formerly } = calendar;
      const until = event.occurredAt;
      return {
        ...calendar,
        place: { provider, address: personal.address, since: event.occurredAt },
        formerly: place === null ? formerly : [...formerly, { ...place, until }].slice(-PLACES_KEPT),
      };
    }
    case 'CalendarObjectsUnreadable':
      return withUnreadable(calendar, event.data, event.occurredAt);
    case 'CalendarObjectsNotNamed':
      return { ...calendar, more: event.data.more };
    case 'CalendarObjectsCleared': {
      const gone = new Set(event.data.personal.hrefs);
      const unreadable = calendar.unreadable.filter(({ href }) => !gone.has(href));
      return { ...calendar, unreadable, more: unreadable.length === 0 ? 0 : calendar.more };
    }
    case 'CalendarUnreadableForBooking':
      return { ...calendar, refusalToldAt: event.occurredAt };
    case 'CalendarReadingFailed':
      return { ...calendar, outage: { ...event.data, toldAt: null, credential: false } };
    case 'CalendarUnreadable':
    case 'CalendarCredentialRefused': {
      const credential = event.type === 'CalendarCredentialRefused' || (calendar.outage?.credential ?? false);
      return { ...calendar, outage: { ...event.data, toldAt: event.occurredAt, credential } };
    }
    case 'CalendarReadableAgain':
      return { ...calendar, outage: null };
    case 'CalendarWatchStopped':
      return { ...calendar, watchStopped: { ...event.data, since: event.occurredAt } };
    case 'CalendarWatchResumed': {
      const { watchStopped: _, ...going } = calendar;
      return going;
    }
    case 'CalendarWatchHinted':
      return calendar;
    case 'CalendarEffectLeased':
      return withLease(calendar, event.data, event.occurredAt);
    case 'CalendarNotificationSent':
      return withSaid(calendar, event.data, 'sent');
    case 'CalendarNotificationParked':
      return withSaid(calendar, event.data, 'parked');
  }
};

/**
 * Whether what was stored in the calendar at that UTC instant lies where the calendar is not any more. What is older than
 * all that is known counts as stored at the first known place.
 */
export const isElsewhere = (
  { place, formerly }: Pick<CalendarState, 'place' | 'formerly'>,
  storedAt: string,
): boolean => {
  if (place === null || toEpochMs(storedAt) >= toEpochMs(place.since)) return false;
  const then = formerly.find(({ until }) => toEpochMs(storedAt) < toEpochMs(until));
  return then !== undefined && (then.address !== place.address || then.provider !== place.provider);
};
