import * as E from 'fp-ts/lib/Either.js';
import type { BookingState } from '../../domain/booking/booking-state.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import type { LeaseWish, BookingRejection } from '../../domain/booking/commands.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { CommandError } from '../commands/command-bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identity } from '../ports/identity.ts';

/** Which node this is, and for how long it takes a lease, in milliseconds; null where one process has the log alone. */
export type Leasing = { readonly node: string; readonly leaseMs: number } | null;

export type LeasingDeps = {
  readonly leasing: Leasing;
  readonly buses: Pick<BookingBuses, 'bookings'>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  /** Told of each effect that this node wanted to carry out, and whether another node was at it. */
  readonly onLease?: (answer: 'taken' | 'elsewhere') => void;
};

/**
 * `taken`: and the booking as it was then, null where nobody had to be asked. `elsewhere`: another node is at it, until then
 * (epoch ms) unless it is done before.
 */
export type LeaseAnswer =
  | { readonly type: 'taken'; readonly booking: BookingState | null }
  | { readonly type: 'elsewhere'; readonly until: number }
  | { readonly type: 'failed'; readonly error: CommandError<BookingRejection> };

/** What a lease would be taken for now; undefined where none is needed. */
export const leaseWish = ({ leasing, clock }: Pick<LeasingDeps, 'leasing' | 'clock'>): LeaseWish | undefined =>
  leasing === null ? undefined : { node: leasing.node, until: clock.now() + leasing.leaseMs };

/** Takes the lease of an effect, or takes it for longer; where one process has the log alone it has every lease. */
export const takeLease =
  (deps: LeasingDeps) =>
  async (uid: string, effect: string, causationId: string | null): Promise<LeaseAnswer> => {
    const lease = leaseWish(deps);
    if (lease === undefined) return { type: 'taken', booking: null };
    const context = {
      commandId: deps.identity.newCommandId(),
      actor: { kind: 'system' },
      correlationId: uid,
      causationId,
    } as const;
    const command = { type: 'LeaseEffect', effect, lease, now: deps.clock.now() } as const;
    const taken = await deps.buses.bookings.execute(uid, command, context)();
    if (E.isRight(taken)) {
      deps.onLease?.('taken');
      return { type: 'taken', booking: taken.right.state };
    }
    const { left: error } = taken;
    if (error.type !== 'Refused' || error.rejection.type !== 'LeasedElsewhere') return { type: 'failed', error };
    deps.onLease?.('elsewhere');
    return { type: 'elsewhere', until: toEpochMs(error.rejection.until) };
  };

/** A lease that is taken for longer is no other effect. */
export const uncounted = ({ onLease: _onLease, ...deps }: LeasingDeps): LeasingDeps => deps;

/**
 * Does the work and keeps the lease as long as it lasts: renewed each time half of it is over. A node that could not renew
 * it goes on: what it does may then be done twice, which is harmless, while half of it is not.
 */
export const keepingLease =
  (deps: LeasingDeps) =>
  async <A>(uid: string, effect: string, causationId: string | null, work: () => Promise<A>): Promise<A> => {
    const { leasing, clock } = deps;
    if (leasing === null) return work();
    let callOff = (): void => undefined;
    let over = false;
    const renewLater = (): void => {
      callOff = clock.at(clock.now() + leasing.leaseMs / 2, () => void renew());
    };
    const renew = async (): Promise<void> => {
      const renewed = await takeLease(uncounted(deps))(uid, effect, causationId);
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
