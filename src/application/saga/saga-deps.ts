import type { RetryPolicy } from '../../domain/booking/retry.ts';
import type { Host } from '../../domain/configuration/host.ts';
import type { BookingBuses } from '../booking/booking-buses.ts';
import type { Calendars } from '../booking/host-calendars.ts';
import type { Leasing } from '../consumers/leasing.ts';
import type { Clock } from '../ports/clock.ts';
import type { Conferencing } from '../ports/conferencing.ts';
import type { Identity } from '../ports/identity.ts';

/** Says what went wrong inside, for operators. Never with personal data or secrets. */
export type Report = (problem: { readonly where: string; readonly reason: string }) => void;

export type SagaDeps = {
  readonly buses: BookingBuses;
  readonly calendars: Calendars;
  readonly conferencing: ReadonlyMap<string, Conferencing>;
  readonly findHost: (hostId: string) => Host | undefined;
  readonly clock: Clock;
  /** Null where one process has the log alone. */
  readonly leasing: Leasing;
  readonly identity: Pick<Identity, 'newCommandId' | 'jitter'>;
  readonly retry: RetryPolicy;
  readonly report: Report;
  readonly onLease?: (answer: 'taken' | 'elsewhere') => void;
};
