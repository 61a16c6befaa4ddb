import * as E from 'fp-ts/lib/Either.js';

/** Does the work for every item, at most `limit` at once. After the first left none is begun; those under way end first. */
export const inFlight = async <A, L>(
  limit: number,
  items: ReadonlyArray<A>,
  work: (item: A) => Promise<E.Either<L, void>>,
): Promise<E.Either<L, void>> => {
  let outcome: E.Either<L, void> = E.right(undefined);
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      const done = await work(item);
      if (E.isLeft(done) && E.isRight(outcome)) outcome = done;
      if (E.isLeft(outcome)) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return outcome;
};
