import type {
  ConsumerState,
  KeyedParkedMessage,
  WaitingMessage,
} from '../../src/application/consumers/consumer-state.ts';

type Kept = {
  checkpoint: number | null;
  readonly waiting: Map<number, WaitingMessage>;
  readonly parked: Map<number, KeyedParkedMessage>;
};

const byPosition = (a: { readonly position: number }, b: { readonly position: number }): number =>
  a.position - b.position;

/** Lost with the process. Survives the consumers that use it, so that a restart can be played. */
export const makeMemoryConsumerState = (): ConsumerState => {
  const groups = new Map<string, Kept>();
  const groupOf = (name: string): Kept => {
    const kept = groups.get(name) ?? { checkpoint: null, waiting: new Map(), parked: new Map() };
    groups.set(name, kept);
    return kept;
  };
  return {
    load: async (name) => {
      const { checkpoint, waiting, parked } = groupOf(name);
      const ahead = [...parked.keys()].filter((position) => position > (checkpoint ?? 0));
      return { checkpoint, waiting: [...waiting.values()].toSorted(byPosition), parkedAhead: ahead };
    },
    save: async (name, changes) => {
      const kept = groupOf(name);
      kept.checkpoint = changes.checkpoint;
      for (const position of changes.remove) kept.waiting.delete(position);
      for (const message of changes.put) kept.waiting.set(message.position, message);
      for (const message of changes.park) {
        kept.waiting.delete(message.position);
        kept.parked.set(message.position, message);
      }
    },
    parked: async (name) =>
      [...groups]
        .filter(([group]) => name === undefined || group === name)
        .flatMap(([, kept]) => [...kept.parked.values()].toSorted(byPosition)),
    unpark: async (name, position, dueAt) => {
      const kept = groupOf(name);
      const chosen = [...kept.parked.values()].filter((each) => position === undefined || each.position === position);
      const waiting = chosen
        .map(({ position: at, key, reason }) => ({
          position: at,
          key,
          attempts: 0,
          dueAt,
          waitMs: 0,
          reason,
          replayed: true,
        }))
        .toSorted(byPosition);
      for (const message of waiting) {
        kept.parked.delete(message.position);
        kept.waiting.set(message.position, message);
      }
      return waiting;
    },
    adjust: async (name, changes) => {
      const kept = groupOf(name);
      for (const position of changes.remove) kept.waiting.delete(position);
      for (const message of changes.put) kept.waiting.set(message.position, message);
      for (const position of changes.unparked) kept.parked.delete(position);
    },
    counts: async () =>
      [...groups].flatMap(([name, { checkpoint, waiting, parked }]) =>
        checkpoint === null ? [] : [{ name, checkpoint, retrying: waiting.size, parked: parked.size }],
      ),
    toStoreError: (thrown) => ({ type: 'Unavailable', reason: String(thrown) }),
  };
};
