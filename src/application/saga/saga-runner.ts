import * as E from 'fp-ts/lib/Either.js';
import type { Effect } from '../../domain/saga/effect.ts';
import { react } from '../../domain/saga/react.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import { createLanes } from '../commanding/lanes.ts';
import { systemContext } from './effect-context.ts';
import { changesTheBooking, keyOf, perform } from './perform.ts';
import type { SagaDeps } from './saga-deps.ts';
import { createUnderWay } from './under-way.ts';

/**
 * What is left to do for a booking. `quiet`: nothing before `due` (epoch ms; null: nothing at all). `busy`: a call is
 * under way. `failed`: the log could not be read or written, look again.
 */
export type Wake =
  | { readonly type: 'quiet'; readonly due: number | null; readonly revision: number }
  | { readonly type: 'busy'; readonly revision: number }
  | { readonly type: 'failed'; readonly reason: string };

export type SagaRunner = {
  /** Looks at a booking's stream and does what is due. Any number of calls, in any order, lead to the same. */
  readonly wake: (uid: string) => Promise<Wake>;
  /** Resolves when no call is under way for the booking. */
  readonly settled: (uid: string) => Promise<void>;
  /** Begins nothing new, lets calls finish for `graceMs`, then cuts them; what was cut is looked up at the next start. */
  readonly stop: (graceMs: number) => Promise<void>;
};

const dueAt = (effect: Effect): number => (effect.at === null ? 0 : toEpochMs(effect.at));

/** A decision that writes nothing new would be made for ever; so many rounds mean that something is wrong. */
const MAX_ROUNDS = 50;

/** Drives bookings from fact to fact: fold, react, carry out what is due, again until nothing is. */
export const createSagaRunner = (deps: SagaDeps): SagaRunner => {
  const lanes = createLanes();
  const underWay = createUnderWay();
  const shutdown = new AbortController();
  let stopping = false;

  const look = async (uid: string): Promise<Wake> => {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const loaded = await deps.buses.bookings.load(uid)();
      if (E.isLeft(loaded)) return { type: 'failed', reason: JSON.stringify(loaded.left) };
      const { state: booking, lastId } = loaded.right;
      const revision = loaded.right.revision === 'no-stream' ? -1 : loaded.right.revision;
      const effects = react(booking);
      if (booking.phase === 'none' || effects.length === 0) return { type: 'quiet', due: null, revision };
      const now = deps.clock.now();
      const due = effects.filter((effect) => dueAt(effect) <= now && !underWay.has(uid, keyOf(effect)));
      const context = { uid, booking, signal: shutdown.signal, context: systemContext(deps, uid, lastId) };
      if (stopping) return { type: 'busy', revision };
      const decisions = due.filter(changesTheBooking);
      for (const call of due.filter((effect) => effect.type !== 'ConfirmSlot' && effect.type !== 'ReleaseSlot'))
        if (!changesTheBooking(call))
          underWay.begin(uid, keyOf(call), perform(deps)(context, call), () => void wake(uid));
      for (const decision of decisions)
        if ((await perform(deps)(context, decision)) === 'failed') return { type: 'failed', reason: decision.type };
      if (decisions.length > 0) continue;
      for (const slot of due.filter((effect) => effect.type === 'ConfirmSlot' || effect.type === 'ReleaseSlot'))
        if ((await perform(deps)(context, slot)) === 'failed') return { type: 'failed', reason: slot.type };
      if (underWay.any(uid)) return { type: 'busy', revision };
      const later = effects.map(dueAt).filter((at) => at > now);
      return { type: 'quiet', due: later.length === 0 ? null : Math.min(...later), revision };
    }
    return { type: 'failed', reason: `no rest after ${MAX_ROUNDS} rounds` };
  };

  const wake = (uid: string): Promise<Wake> => lanes(uid, () => look(uid));

  const stop = async (graceMs: number): Promise<void> => {
    stopping = true;
    const cancelCut = deps.clock.at(deps.clock.now() + graceMs, () => shutdown.abort());
    await underWay.drained();
    cancelCut();
  };

  return { wake, settled: underWay.settled, stop };
};
