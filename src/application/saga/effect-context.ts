import * as E from 'fp-ts/lib/Either.js';
import { followUp } from '../../domain/saga/follow-up.ts';
import type { LeaseRequest, RetryPolicy, BookingCommand, BookingRejection } from '../../domain/booking/commands.ts';
import type { Host } from '../../domain/bookable/host.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { Gathering } from '../commands/keyed-queue.ts';
import type { Calendars } from '../calendars/host-calendars.ts';
import type { Leasing } from '../consumers/leasing.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Conferencing } from '../ports/conferencing.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { CommandError } from '../commands/command-bus.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import type { CommandContext } from '../commands/record.ts';
import { isOutage } from '../consumers/verdict-on-failure.ts';
import { calendarEffect, ROOM_EFFECT } from '../../domain/booking/lease.ts';
import type { Effect } from '../../domain/saga/effect.ts';

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
  readonly identity: Pick<Identity, 'newCommandId' | 'jitter' | 'newSalt' | 'sha256'>;
  readonly retry: RetryPolicy;
  readonly report: Report;
  readonly onLease?: (answer: 'taken' | 'elsewhere') => void;
  /** The lease that goes along with what is written; none by default. */
  readonly leaseAlong?: (uid: string) => LeaseRequest | undefined;
  /** What it takes to move a booking as its host would, to where a calendar shows it. */
  readonly moves: { readonly store: Pick<EventStore, 'appendInOrder'>; readonly allowanceMs: number };
  /** Lets outcomes be written together; by default each is written alone. */
  readonly gathering?: Gathering;
};

/** One effect being carried out for one booking, which is `booking` as the effect was decided on. */
export type EffectContext = {
  readonly uid: string;
  readonly booking: KnownBooking;
  readonly context: CommandContext;
  readonly signal: AbortSignal;
};

/**
 * What an effect came to: its outcome is `done` and written; `unavailable`: the log could not be used; `failed`: it was
 * refused, or a fault of ours. Unless it is done it has to be looked at again.
 */
export type EffectOutcome = 'done' | 'unavailable' | 'failed';

/** Of several effects, what is to be done about them together. */
export const worstOf = (outcomes: ReadonlyArray<EffectOutcome>): EffectOutcome =>
  outcomes.find((outcome) => outcome === 'failed') ?? outcomes.find((outcome) => outcome !== 'done') ?? 'done';

export type Commanded = ReadonlyArray<BookingEvent> | Exclude<EffectOutcome, 'done'>;

export const outcomeOf = (commanded: Commanded): EffectOutcome => (typeof commanded === 'string' ? commanded : 'done');

export const systemContext = (
  deps: { readonly identity: Pick<Identity, 'newCommandId'> },
  uid: string,
  causationId: string | null,
): CommandContext => ({
  commandId: deps.identity.newCommandId(),
  actor: { kind: 'system' },
  correlationId: uid,
  causationId,
});

/** Why a command of the saga could not be written: reported, and put into one word. */
export const reportRefusal =
  (deps: Pick<SagaDeps, 'report'>) =>
  (
    { uid }: Pick<EffectContext, 'uid'>,
    wanted: string,
    error: CommandError<BookingRejection>,
  ): Exclude<EffectOutcome, 'done'> => {
    deps.report({ where: `saga ${wanted} of ${uid}`, reason: JSON.stringify(error) });
    return isOutage(error) ? 'unavailable' : 'failed';
  };

const isElsewhere = (error: CommandError<BookingRejection>): boolean =>
  error.type === 'Refused' && error.rejection.type === 'LeasedElsewhere';

/** Outcomes that come at about the time at which people are told of the booking. */
const isGathered = ({ type }: BookingCommand): boolean => type === 'RecordConfirmation' || type === 'RecordDecoration';

/**
 * Runs a command of the saga, and writes with it what follows at once. The events that it led to, or why they could not be
 * written (reported). None while another node is at it.
 */
export const runCommand =
  (deps: SagaDeps) =>
  async (effect: EffectContext, wanted: BookingCommand): Promise<Commanded> => {
    const { uid, context } = effect;
    const own = { ...context, commandId: deps.identity.newCommandId() };
    const following = followUp(wanted.now, deps.leaseAlong?.(uid));
    const result = await deps.buses.bookings.execute(uid, wanted, own, { following, canWait: isGathered(wanted) })();
    const bringsLease = 'lease' in wanted && wanted.lease !== undefined;
    if (E.isRight(result)) {
      if (bringsLease) deps.onLease?.('taken');
      return result.right.events;
    }
    if (isElsewhere(result.left)) {
      deps.onLease?.('elsewhere');
      return [];
    }
    return reportRefusal(deps)(effect, wanted.type, result.left);
  };

/** What every retryable outcome carries: the time, and how to plan the next try. */
export const timing = (deps: SagaDeps) => ({
  now: deps.clock.now(),
  jitter: deps.identity.jitter(),
  retry: deps.retry,
});

/** An answer of a calendar, and how many milliseconds it took: none where the clock was set back meanwhile. */
export const timed = async <A>(
  { clock }: Pick<SagaDeps, 'clock'>,
  call: () => Promise<A>,
): Promise<{ readonly answer: A; readonly tookMs: number }> => {
  const begun = clock.now();
  const answer = await call();
  return { answer, tookMs: Math.max(0, clock.now() - begun) };
};

/** What must not be done twice at once, by the name that its lease has. */
export const keyOf = (effect: Effect): string => {
  if ('calendarId' in effect) return calendarEffect(effect.calendarId);
  return effect.type === 'MakeRoom' ? ROOM_EFFECT : effect.type;
};
