import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { BookingState } from '../../domain/booking/booking-state.ts';
import { hasLease, leasedUntil, type RecordedLease } from '../../domain/booking/lease.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { BookingCommandOf, BookingRejection, LeaseRequest } from '../../domain/booking/commands.ts';
import type { CommandError } from '../commands/command-bus.ts';
import type { CommandContext } from '../commands/record.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';

/**
 * This node's name, and the length of a lease in milliseconds: after that time others take over what a dead node was doing.
 * Null where one process has the log alone.
 */
export type Leasing = { readonly node: string; readonly leaseMs: number } | null;

/** The state of what has leases: a booking or a calendar. */
export type Leased = { readonly leases: ReadonlyArray<RecordedLease> };

/**
 * Runs a command on the stream that an effect belongs to: a booking's or a calendar's. The stream records the leases, so
 * the revision decides which node gets one. Answers with the state after the command.
 */
export type RunOn<Command, State> = (
  id: string,
  command: Command,
  context: CommandContext,
) => TaskEither<CommandError<BookingRejection>, Leased & { readonly state: State }>;

export type LeasingDeps<State = BookingState> = {
  readonly leasing: Leasing;
  readonly run: RunOn<BookingCommandOf<'LeaseEffect'>, State>;
  readonly clock: Pick<Clock, 'now' | 'at' | 'elapsed'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  /** Called for each effect that this node wants to carry out. `elsewhere`: another node has its lease. */
  readonly onLease?: (answer: 'taken' | 'elsewhere') => void;
};

/**
 * `taken`: this node has the lease until `until` (epoch ms); `state` as read with it, null where no command was run.
 * `elsewhere`: node `node` has it, until `until` at the latest.
 */
export type LeaseAnswer<State = BookingState> =
  | { readonly type: 'taken'; readonly state: State | null; readonly until: number }
  | { readonly type: 'elsewhere'; readonly node: string; readonly until: number }
  | { readonly type: 'failed'; readonly error: CommandError<BookingRejection> };

/** An effect of a booking or a calendar, and the leases known of it. `causationId`: id of the event that caused the effect. */
export type LeasedEffect = {
  readonly id: string;
  readonly effect: string;
  readonly known: Leased;
  readonly causationId: string | null;
};

/** The part of `leaseMs` that a lease lasts. In the rest the next node takes over, so that takeover ends within `leaseMs`. */
const TAKEN_FOR = 0.8;

const requestOf = (
  { node, leaseMs }: NonNullable<Leasing>,
  { clock }: Pick<LeasingDeps, 'clock'>,
  beyondMs = 0,
): LeaseRequest => ({ node, until: clock.now() + Math.ceil(beyondMs + leaseMs * TAKEN_FOR) });

/** The lease that this node would ask for now; undefined where none is needed. */
export const leaseRequest = (deps: Pick<LeasingDeps, 'leasing' | 'clock'>): LeaseRequest | undefined =>
  deps.leasing === null ? undefined : requestOf(deps.leasing, deps);

const ask = async <State>(
  deps: LeasingDeps<State>,
  { id, effect, causationId }: LeasedEffect,
  lease: LeaseRequest,
  alone: boolean,
): Promise<LeaseAnswer<State>> => {
  const context = {
    commandId: deps.identity.newCommandId(),
    actor: { kind: 'system' },
    correlationId: id,
    causationId,
  } as const;
  const now = deps.clock.now();
  const taken = await deps.run(id, { type: 'LeaseEffect', effect, alone, lease, now }, context)();
  if (E.isRight(taken)) {
    const { state } = taken.right;
    return { type: 'taken', state, until: leasedUntil(taken.right, effect, lease.node, now) };
  }
  const { left: error } = taken;
  if (error.type !== 'Refused' || error.rejection.type !== 'LeasedElsewhere') return { type: 'failed', error };
  const { node, until } = error.rejection;
  return { type: 'elsewhere', node, until: toEpochMs(until) };
};

/** Where writing a lease took longer than it lasts, another node may have had it since: what was read with it is old. */
const askInTime = async <State>(
  deps: LeasingDeps<State>,
  leasing: NonNullable<Leasing>,
  wanted: LeasedEffect,
): Promise<LeaseAnswer<State>> => {
  for (const _ of ['at first', 'again']) {
    const asked = await ask(deps, wanted, requestOf(leasing, deps), false);
    if (asked.type !== 'taken' || asked.until > deps.clock.now()) return asked;
  }
  return { type: 'failed', error: { type: 'Unavailable', reason: 'the lease ran out while it was being written' } };
};

/**
 * Acquires the lease of an effect, and with it of all effects of the booking. Nothing is written where this node has the
 * lease for long enough. A process that has the log alone has every lease.
 */
export const acquireLease =
  <State>(deps: LeasingDeps<State>) =>
  async (wanted: LeasedEffect): Promise<LeaseAnswer<State>> => {
    const { leasing, clock, onLease } = deps;
    if (leasing === null) return { type: 'taken', state: null, until: Number.POSITIVE_INFINITY };
    const lease = requestOf(leasing, deps);
    const answer: LeaseAnswer<State> = hasLease(wanted.known, wanted.effect, lease, clock.now())
      ? { type: 'taken', state: null, until: leasedUntil(wanted.known, wanted.effect, leasing.node, clock.now()) }
      : await askInTime(deps, leasing, wanted);
    if (answer.type !== 'failed') onLease?.(answer.type);
    return answer;
  };

/** Acquires the lease of this effect alone, for `beyondMs` milliseconds longer than usual. */
export const acquireLeaseBeyond =
  <State>(deps: LeasingDeps<State>) =>
  async (wanted: LeasedEffect, beyondMs: number): Promise<void> => {
    if (deps.leasing !== null) await ask(deps, wanted, requestOf(deps.leasing, deps, beyondMs), true);
  };

/**
 * Does the work and renews its lease, which lasts until `until` (epoch ms), after half of its time. A node that cannot
 * renew it goes on: an effect that is done twice is harmless, one that is half done is not. Work of several steps asks
 * `isHeld` before each: without the lease, what it has read may be old.
 */
export const keepingLease =
  <State>(deps: LeasingDeps<State>) =>
  async <A>(wanted: LeasedEffect, until: number, work: (isHeld: () => boolean) => Promise<A>): Promise<A> => {
    const { leasing, clock } = deps;
    if (leasing === null) return work(() => true);
    const halfMs = (leasing.leaseMs * TAKEN_FOR) / 2;
    let cancel = (): void => undefined;
    let over = false;
    // By both clocks: the machine's may be set back, and the other stands still while a virtual machine does.
    const endOf = (end: number) => ({ at: end, elapsed: clock.elapsed() + end - clock.now() });
    let held = endOf(until);
    const renewBefore = (end: number): void => {
      cancel = clock.at(Math.max(end - halfMs, clock.now()), () => void renew());
    };
    const renew = async (): Promise<void> => {
      const lease = requestOf(leasing, deps);
      const renewed = await ask(deps, wanted, lease, false);
      if (renewed.type === 'taken') held = endOf(renewed.until);
      if (over || renewed.type === 'elsewhere') return;
      renewBefore(renewed.type === 'taken' ? renewed.until : lease.until);
    };
    renewBefore(until);
    try {
      return await work(() => clock.now() < held.at && clock.elapsed() < held.elapsed);
    } finally {
      over = true;
      cancel();
    }
  };
