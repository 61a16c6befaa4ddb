import type { EffectOutcome } from './effect-context.ts';
import { worstOf } from './effect-context.ts';

/** Calls in flight, per booking and per thing called: one calendar is asked one thing at a time for one booking. */
export type InFlightCalls = {
  readonly has: (uid: string, key: string) => boolean;
  readonly any: (uid: string) => boolean;
  /** `whenDone` is called once the work has ended well and is not in flight any more. */
  readonly begin: (uid: string, key: string, work: Promise<EffectOutcome>, whenDone: () => void) => void;
  /** Resolves when nothing is in flight for the booking; the worst of what came of its calls. */
  readonly settled: (uid: string) => Promise<EffectOutcome>;
  readonly drained: () => Promise<void>;
};

export const makeInFlightCalls = (): InFlightCalls => {
  const calls = new Map<string, Map<string, Promise<EffectOutcome>>>();

  const end = (uid: string, key: string): void => {
    const own = calls.get(uid);
    own?.delete(key);
    if (own?.size === 0) calls.delete(uid);
  };

  const settled = async (uid: string): Promise<EffectOutcome> => {
    let outcome: EffectOutcome = 'done';
    for (let own = calls.get(uid); own !== undefined; own = calls.get(uid)) {
      const outcomes = await Promise.all(own.values());
      outcome = worstOf([outcome, ...outcomes]);
    }
    return outcome;
  };

  return {
    has: (uid, key) => calls.get(uid)?.has(key) ?? false,
    any: (uid) => calls.has(uid),
    begin: (uid, key, work, whenDone) => {
      const own = calls.get(uid) ?? new Map<string, Promise<EffectOutcome>>();
      const ended = work.then((outcome) => {
        end(uid, key);
        if (outcome === 'done') whenDone();
        return outcome;
      });
      own.set(key, ended);
      calls.set(uid, own);
    },
    settled,
    drained: async () => {
      while (calls.size > 0) await Promise.all([...calls.keys()].map(settled));
    },
  };
};
