import type { BookingBuses } from '../commands/booking-buses.ts';
import type { Leasing } from '../consumers/leasing.ts';
import type { Calendar } from '../ports/calendar.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { CalendarSightings } from './sightings.ts';
import type { Report } from '../saga/effect-context.ts';
import type { PolicyOf, RoundDeps } from './calendar-round.ts';

/** What watching needs. `everyMs`, `confirmMs`: milliseconds between rounds, and between two answers. */
export type WatchDeps = RoundDeps & {
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly buses: Pick<BookingBuses, 'bookings' | 'calendars'>;
  readonly clock: Clock;
  readonly identity: Pick<Identity, 'newCommandId' | 'jitter'>;
  readonly leasing: Leasing;
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

export type CalendarWatching = {
  /** Looks at every event of the calendar now, twice, and resolves when what came of it is in the log. Null: not watched. */
  readonly look: (calendarId: string, how?: 'accept' | 'restore') => Promise<LookedAt | null>;
  /** Something may have changed there: the next round comes soon. Returns at once. */
  readonly hint: (calendarId: string) => void;
  readonly stop: () => Promise<void>;
};

/** Of a command that watching gives, about a booking or a calendar. */
export const watchContext = ({ identity }: Pick<WatchDeps, 'identity'>, id: string) =>
  ({
    commandId: identity.newCommandId(),
    actor: { kind: 'system' },
    correlationId: id,
    causationId: null,
  }) as const;
