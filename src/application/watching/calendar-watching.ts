import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { Leasing } from '../consumers/leasing.ts';
import type { Calendar } from '../ports/calendar.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { CalendarSightings } from './sightings.ts';
import type { Report } from '../saga/effect-context.ts';
import type { Interval } from '../../domain/time/time.ts';
import type { PolicyOf, RoundDeps } from './calendar-round.ts';
import type { PushChannels } from './push-channels.ts';

/** What watching needs. `everyMs`, `confirmMs`: milliseconds between rounds, and between two answers. */
export type WatchDeps = RoundDeps & {
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly buses: Pick<BookingBuses, 'bookings' | 'calendars'>;
  readonly clock: Clock;
  readonly identity: Pick<Identity, 'newCommandId' | 'jitter'>;
  readonly leasing: Leasing;
  readonly channels: PushChannels;
  readonly report: Report;
  readonly policyOf: PolicyOf;
  readonly sightings: CalendarSightings;
  readonly everyMs: number;
  readonly confirmMs: number;
  readonly limits: { readonly bookings: number; readonly percent: number };
};

/** What came of a look that somebody asked for. `stopped`: too much was found at once, and somebody has to decide. */
export type LookedAt = {
  readonly calendarId: string;
  readonly watched: number;
  readonly asked: number;
  readonly found: number;
  readonly failed: boolean;
  readonly stopped: boolean;
};

/** What a provider sends on a channel. `sync`: only that the channel is open. */
export type PushMessage = { readonly channelId: string; readonly token: string; readonly state: string };

/** What a reading of busy times showed. `except`: uids of bookings that it left out. */
export type BusySeen = {
  readonly window: Interval;
  readonly busy: ReadonlyArray<Interval>;
  readonly except: ReadonlySet<string>;
};

export type CalendarWatching = {
  /** Looks at every event of the calendar now, twice, and resolves when what came of it is in the log. Null: not watched. */
  readonly look: (calendarId: string, how?: 'accept' | 'restore') => Promise<LookedAt | null>;
  /** Busy times were read, which is a look at the bookings there: the next round comes soon. Returns at once. */
  readonly hint: (calendarId: string, seen: BusySeen) => void;
  /** A provider told of a change on a channel. Returns at once; false: it is no channel of ours, and nothing follows. */
  readonly pushed: (message: PushMessage) => boolean;
  /** Feed it what is appended to the log, in order: other nodes tell in it what they heard. */
  readonly seen: (events: ReadonlyArray<RecordedEvent>) => void;
  readonly stop: () => Promise<void>;
};
