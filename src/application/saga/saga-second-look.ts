import { toEpochMs } from '../../domain/time/interval.ts';
import { bookingUidOf } from '../commanding/aggregate.ts';
import { whenUnavailable } from '../consuming/verdict-on-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConsumerGroup, Verdict } from '../ports/consumer-groups.ts';
import { NEXT_START_MS } from './saga-consumer.ts';
import type { SagaRunner } from './saga-runner.ts';

/** Events after which a booking has something to be done that no later one need bring to mind. */
const turningPoints: ReadonlySet<string> = new Set([
  'BookingRequested',
  'BookingApproved',
  'BookingAccepted',
  'BookingRejected',
  'BookingExpired',
  'BookingCancelled',
  'CalendarSyncStarted',
  'CalendarRetryRequested',
]);

type Deps = {
  readonly runner: Pick<SagaRunner, 'wake'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds after what is due until it is looked at whether it was done. */
  readonly graceMs: number;
};

/**
 * Looks at bookings once more, from this node's own position in the log, some time after the saga should have done what was
 * due: a server that loses a message of the group leaves no booking behind. Done by then it costs a look, as leases and
 * revisions keep it from being done twice.
 */
export const sagaSecondLook = ({ runner, clock, graceMs }: Deps): ConsumerGroup => {
  const look = async (uid: string, revision: number): Promise<Verdict> => {
    const woken = await runner.wake(uid, revision);
    switch (woken.type) {
      case 'quiet':
        return woken.due === null
          ? { type: 'ack' }
          : { type: 'defer', afterMs: Math.max(0, woken.due - clock.now()) + graceMs };
      case 'busy':
        return { type: 'defer', afterMs: graceMs };
      case 'stopping':
        return { type: 'defer', afterMs: NEXT_START_MS };
      case 'failed':
        return woken.verdict === 'defer' ? whenUnavailable : { type: 'retry', reason: woken.reason };
    }
  };
  return {
    name: 'saga-second-look',
    accepts: ({ stream, type }) => bookingUidOf(stream) !== null && turningPoints.has(type),
    startAt: 'now',
    keyOf: ({ position }) => String(position),
    maxInFlight: 16,
    maxAttempts: 10,
    backoffMs: (attempt) => graceMs * 2 ** attempt,
    handle: async ({ event }) => {
      const early = toEpochMs(event.occurredAt) + graceMs - clock.now();
      return early > 0 ? { type: 'defer', afterMs: early } : look(bookingUidOf(event.stream) ?? '', event.revision);
    },
  };
};
