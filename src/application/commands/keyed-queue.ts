/** One thing at a time per key, in the order of asking: commands on one stream do not race each other in one process. */
export type KeyedQueue = <A>(key: string, work: () => Promise<A>) => Promise<A>;

export const makeKeyedQueue = (): KeyedQueue => {
  const tails = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = tails.get(key);
    const mine = before === undefined ? work() : before.then(work, work);
    tails.set(key, mine);
    const leave = () => {
      if (tails.get(key) === mine) tails.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  };
};
