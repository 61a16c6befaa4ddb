import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { bookingUidOf } from '../commands/aggregate.ts';
import { singleNode, type NodePreference } from '../consumers/node-preference.ts';
import { type LoopQueue, turnFor } from '../loop-queue.ts';
import { whenUnavailable } from '../consumers/verdict-on-failure.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../ports/consumer-groups.ts';
import type { EffectOutcome } from './effect-context.ts';
import type { SagaRunner, SagaProgress } from './saga-runner.ts';
import { backoffMs } from '../../domain/time/time.ts';

/** A call that takes longer gives its place in the group to others; it is looked at again after `CHECK_AGAIN_MS`. */
export const PATIENCE_MS = 1_000;
export const CHECK_AGAIN_MS = 5_000;
/** A hint that comes while the server stops is for the next start. Not 0: it would come again and again until then. */
export const NEXT_START_MS = 250;
const MAX_IN_FLIGHT = 512;
const MAX_ATTEMPTS = 10;

const afterAWhile = (
  clock: Clock,
  settled: Promise<EffectOutcome>,
  patienceMs: number,
): Promise<EffectOutcome | 'patience-over'> =>
  new Promise((resolve, reject) => {
    const cancelTimer = clock.at(clock.now() + patienceMs, () => resolve('patience-over'));
    settled.then((outcome) => {
      cancelTimer();
      resolve(outcome);
    }, reject);
  });

const onFailure = ({ reason, verdict }: Extract<SagaProgress, { readonly type: 'failed' }>): Verdict => {
  if (verdict === 'park') return { type: 'park', reason };
  return verdict === 'defer' ? whenUnavailable : { type: 'retry', reason };
};

/**
 * The saga as a consumer: every event of a booking is a hint to look at it. A booking with something due later keeps
 * its newest hint back until then, so timers survive a restart as part of the group's own state and can be had again
 * from the log at any time. A node that is not the first for a booking looks later, and only at the newest hint. `turn`:
 * of what is left to do once a booking is decided, which nobody waits for.
 */
export const sagaConsumer = (
  runner: Pick<SagaRunner, 'run' | 'knows' | 'isDecided' | 'hasDue'>,
  clock: Clock,
  preference: NodePreference = singleNode,
  turn: LoopQueue = () => Promise.resolve(),
): ConsumerGroup => {
  /** What a node that is not the first says before it does anything; null: it is to do it. */
  const leaveToOthers = async (uid: string, revision: number, ageMs: number): Promise<Verdict | null> => {
    // A later event is known: it is a hint of its own, and comes to its time.
    if (runner.knows(uid) > revision) return { type: 'ack' };
    if (!(await runner.hasDue(uid, revision))) return null;
    const afterMs = preference.stillStandByMs(uid, ageMs);
    return afterMs > 0 ? { type: 'defer', afterMs } : null;
  };
  const verdict = async (uid: string, revision: number, ageMs: number): Promise<Verdict> => {
    const standByMs = preference.standByMs(uid);
    const left = standByMs > 0 ? await leaveToOthers(uid, revision, ageMs) : null;
    if (left !== null) return left;
    const progress = await runner.run(uid, revision, standByMs > 0);
    if (progress.type === 'failed') return onFailure(progress);
    if (progress.type === 'stopping') return { type: 'defer', afterMs: NEXT_START_MS };
    if (progress.revision > revision) return { type: 'ack' };
    const { due } = progress;
    const dueAt = due === null ? null : due + preference.standByMs(uid, progress.leasedBy);
    const untilDue = (): number => (dueAt === null ? Number.POSITIVE_INFINITY : Math.max(1, dueAt - clock.now()));
    if (progress.type === 'idle') return dueAt === null ? { type: 'ack' } : { type: 'defer', afterMs: untilDue() };
    if (standByMs > 0) preference.tookOver(uid);
    // What is due while a call takes its time is not late because of it.
    const outcome = await afterAWhile(clock, progress.settled, Math.min(PATIENCE_MS, untilDue()));
    if (outcome === 'failed') return { type: 'retry', reason: 'an outcome could not be written' };
    if (outcome === 'unavailable') return whenUnavailable;
    if (outcome === 'done') return verdict(uid, revision, ageMs);
    if (dueAt !== null && dueAt <= clock.now()) return verdict(uid, revision, ageMs);
    return { type: 'defer', afterMs: Math.min(CHECK_AGAIN_MS, untilDue()) };
  };
  return {
    name: 'saga',
    accepts: ({ stream }: RecordedEvent) => bookingUidOf(stream) !== null,
    startAt: 'beginning',
    keyOf: ({ position }) => String(position),
    maxInFlight: MAX_IN_FLIGHT,
    maxAttempts: MAX_ATTEMPTS,
    backoffMs: (attempt) => backoffMs(500, 60_000, attempt),
    handle: async ({ event, ageMs = 0 }: Delivery) => {
      const uid = bookingUidOf(event.stream) ?? '';
      if (runner.isDecided(uid)) await turnFor({ turn, clock }, event);
      return verdict(uid, event.revision, ageMs);
    },
  };
};
