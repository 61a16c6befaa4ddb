/** Calls under way, per booking and per thing called: one calendar is asked one thing at a time for one booking. */
export type UnderWay = {
  readonly has: (uid: string, key: string) => boolean;
  readonly any: (uid: string) => boolean;
  /** `then` is called once the work has ended, well or not, and it is not under way any more. */
  readonly begin: (uid: string, key: string, work: Promise<unknown>, then: () => void) => void;
  readonly settled: (uid: string) => Promise<void>;
  readonly drained: () => Promise<void>;
};

export const createUnderWay = (): UnderWay => {
  const calls = new Map<string, Map<string, Promise<void>>>();

  const end = (uid: string, key: string): void => {
    const own = calls.get(uid);
    own?.delete(key);
    if (own?.size === 0) calls.delete(uid);
  };

  const settled = async (uid: string): Promise<void> => {
    for (let own = calls.get(uid); own !== undefined; own = calls.get(uid)) await Promise.all(own.values());
  };

  return {
    has: (uid, key) => calls.get(uid)?.has(key) ?? false,
    any: (uid) => calls.has(uid),
    begin: (uid, key, work, then) => {
      const own = calls.get(uid) ?? new Map<string, Promise<void>>();
      const after = () => {
        end(uid, key);
        then();
      };
      own.set(key, work.then(after, after));
      calls.set(uid, own);
    },
    settled,
    drained: async () => {
      while (calls.size > 0) await Promise.all([...calls.keys()].map(settled));
    },
  };
};
