import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { BookingState } from '../../domain/booking/booking-state.ts';
import { hasLease, leasedUntil, type TakenLease } from '../../domain/booking/lease.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { BookingCommandOf, BookingRejection, LeaseWish } from '../../domain/booking/commands.ts';
import type { CommandError } from '../commands/command-bus.ts';
import type { CommandContext } from '../commands/record.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';

/**
 * Which node this is, and after how long, in milliseconds, others are at what it was doing when it died; null where one
 * process has the log alone.
 */
export type Leasing = { readonly node: string; readonly leaseMs: number } | null;

/** What has leases: a booking, or a calendar. */
export type Leased = { readonly leases: ReadonlyArray<TakenLease> };

/**
 * Runs commands on what an effect is for: a booking, or a calendar. Its stream has the leases, so their order is decided by
 * revision. `state`, `leases`: how it stands then.
 */
export type RunOn<Command, State> = (
  id: string,
  command: Command,
  context: CommandContext,
) => TaskEither<CommandError<BookingRejection>, Leased & { readonly state: State }>;

export type LeasingDeps<State = BookingState> = {
  readonly leasing: Leasing;
  readonly run: RunOn<BookingCommandOf<'LeaseEffect'>, State>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  /** Told of each effect that this node wanted to carry out, and whether another node was at it. */
  readonly onLease?: (answer: 'taken' | 'elsewhere') => void;
};

/**
 * `taken`: until then (epoch ms), and the state as it was then, null where nobody had to be asked. `elsewhere`: this other
 * node is at it, until then unless it is done before.
 */
export type LeaseAnswer<State = BookingState> =
  | { readonly type: 'taken'; readonly state: State | null; readonly until: number }
  | { readonly type: 'elsewhere'; readonly node: string; readonly until: number }
  | { readonly type: 'failed'; readonly error: CommandError<BookingRejection> };

/** One effect of a booking, or of a calendar, and what is known of its leases. `causationId`: id of the event it comes from. */
export type Wanted = {
  readonly id: string;
  readonly effect: string;
  readonly known: Leased;
  readonly causationId: string | null;
};

/** Of a lease: for how long it is taken. The rest is for the one that looks first when it has ended, and may be dead too. */
const TAKEN_FOR = 0.8;

const wishOf = (
  { node, leaseMs }: NonNullable<Leasing>,
  { clock }: Pick<LeasingDeps, 'clock'>,
  beyondMs = 0,
): LeaseWish => ({ node, until: clock.now() + Math.ceil(beyondMs + leaseMs * TAKEN_FOR) });

/** What a lease would be taken for now; undefined where none is needed. */
export const leaseWish = (deps: Pick<LeasingDeps, 'leasing' | 'clock'>): LeaseWish | undefined =>
  deps.leasing === null ? undefined : wishOf(deps.leasing, deps);

const ask = async <State>(
  deps: LeasingDeps<State>,
  { id, effect, causationId }: Wanted,
  lease: LeaseWish,
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

/**
 * Takes the lease of an effect, and with it of all that is done for the booking; nothing is written where this node has it
 * for long enough. Where one process has the log alone it has every lease.
 */
export const takeLease =
  <State>(deps: LeasingDeps<State>) =>
  async (wanted: Wanted): Promise<LeaseAnswer<State>> => {
    const { leasing, clock, onLease } = deps;
    if (leasing === null) return { type: 'taken', state: null, until: Number.POSITIVE_INFINITY };
    const lease = wishOf(leasing, deps);
    const answer: LeaseAnswer<State> = hasLease(wanted.known, wanted.effect, lease, clock.now())
      ? { type: 'taken', state: null, until: leasedUntil(wanted.known, wanted.effect, leasing.node, clock.now()) }
      : await ask(deps, wanted, lease, false);
    if (answer.type !== 'failed') onLease?.(answer.type);
    return answer;
  };

/** Takes the lease of this effect alone, for `beyondMs` longer than usual. */
export const takeLeaseBeyond =
  <State>(deps: LeasingDeps<State>) =>
  async (wanted: Wanted, beyondMs: number): Promise<void> => {
    if (deps.leasing !== null) await ask(deps, wanted, wishOf(deps.leasing, deps, beyondMs), true);
  };

/**
 * Does the work and keeps its lease, which lasts until then (epoch ms): renewed each time half of what it is taken for is over. A node that
 * could not renew it goes on: what it does may then be done twice, which is harmless, while half of it is not.
 */
export const keepingLease =
  <State>(deps: LeasingDeps<State>) =>
  async <A>(wanted: Wanted, until: number, work: () => Promise<A>): Promise<A> => {
    const { leasing, clock } = deps;
    if (leasing === null) return work();
    const halfMs = (leasing.leaseMs * TAKEN_FOR) / 2;
    let cancel = (): void => undefined;
    let over = false;
    const renewBefore = (end: number): void => {
      cancel = clock.at(Math.max(end - halfMs, clock.now()), () => void renew());
    };
    const renew = async (): Promise<void> => {
      const lease = wishOf(leasing, deps);
      const renewed = await ask(deps, wanted, lease, false);
      if (over || renewed.type === 'elsewhere') return;
      renewBefore(renewed.type === 'taken' ? renewed.until : lease.until);
    };
    renewBefore(until);
    try {
      return await work();
    } finally {
      over = true;
      cancel();
    }
  };
