import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { BookingState } from '../../domain/booking/booking-state.ts';
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

/**
 * Runs commands on what an effect is for: a booking, or a calendar. Its stream has the leases, so their order is decided by
 * revision. `State`: how it stands then.
 */
export type RunOn<Command, State> = (
  id: string,
  command: Command,
  context: CommandContext,
) => TaskEither<CommandError<BookingRejection>, { readonly state: State }>;

export type LeasingDeps<State = BookingState> = {
  readonly leasing: Leasing;
  readonly run: RunOn<BookingCommandOf<'LeaseEffect'>, State>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  /** Told of each effect that this node wanted to carry out, and whether another node was at it. */
  readonly onLease?: (answer: 'taken' | 'elsewhere') => void;
};

/**
 * `taken`: and the state as it was then, null where nobody had to be asked. `elsewhere`: this other node is at it, until
 * then (epoch ms) unless it is done before.
 */
export type LeaseAnswer<State = BookingState> =
  | { readonly type: 'taken'; readonly state: State | null }
  | { readonly type: 'elsewhere'; readonly node: string; readonly until: number }
  | { readonly type: 'failed'; readonly error: CommandError<BookingRejection> };

/** Of a lease: for how long it is taken. The rest is for the one that looks first when it has ended, and may be dead too. */
const TAKEN_FOR = 0.8;

/** What a lease would be taken for now, and `beyondMs` longer; undefined where none is needed. */
export const leaseWish = (
  { leasing, clock }: Pick<LeasingDeps, 'leasing' | 'clock'>,
  beyondMs = 0,
): LeaseWish | undefined =>
  leasing === null
    ? undefined
    : { node: leasing.node, until: clock.now() + Math.ceil(beyondMs + leasing.leaseMs * TAKEN_FOR) };

/** Takes the lease of an effect, or takes it for `beyondMs` longer; where one process has the log alone it has every lease. */
export const takeLease =
  <State>(deps: LeasingDeps<State>) =>
  async (id: string, effect: string, causationId: string | null, beyondMs = 0): Promise<LeaseAnswer<State>> => {
    const lease = leaseWish(deps, beyondMs);
    if (lease === undefined) return { type: 'taken', state: null };
    const context = {
      commandId: deps.identity.newCommandId(),
      actor: { kind: 'system' },
      correlationId: id,
      causationId,
    } as const;
    const command = { type: 'LeaseEffect', effect, lease, now: deps.clock.now() } as const;
    const taken = await deps.run(id, command, context)();
    if (E.isRight(taken)) {
      deps.onLease?.('taken');
      return { type: 'taken', state: taken.right.state };
    }
    const { left: error } = taken;
    if (error.type !== 'Refused' || error.rejection.type !== 'LeasedElsewhere') return { type: 'failed', error };
    deps.onLease?.('elsewhere');
    const { node, until } = error.rejection;
    return { type: 'elsewhere', node, until: toEpochMs(until) };
  };

/** A lease that is taken for longer is no other effect. */
export const uncounted = <State>({ onLease: _onLease, ...deps }: LeasingDeps<State>): LeasingDeps<State> => deps;

/**
 * Does the work and keeps the lease as long as it lasts: renewed each time half of what it is taken for is over. A node that could not renew
 * it goes on: what it does may then be done twice, which is harmless, while half of it is not.
 */
export const keepingLease =
  <State>(deps: LeasingDeps<State>) =>
  async <A>(id: string, effect: string, causationId: string | null, work: () => Promise<A>): Promise<A> => {
    const { leasing, clock } = deps;
    if (leasing === null) return work();
    let callOff = (): void => undefined;
    let over = false;
    const renewLater = (): void => {
      callOff = clock.at(clock.now() + (leasing.leaseMs * TAKEN_FOR) / 2, () => void renew());
    };
    const renew = async (): Promise<void> => {
      const renewed = await takeLease(uncounted(deps))(id, effect, causationId);
      if (!over && renewed.type !== 'elsewhere') renewLater();
    };
    renewLater();
    try {
      return await work();
    } finally {
      over = true;
      callOff();
    }
  };
