import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** The right value; throws with the left one, so that the test says why it could not go on. */
export const must = <L, A>(result: E.Either<L, A>): A => {
  if (E.isLeft(result)) {
    throw new Error(`it failed: ${JSON.stringify(result.left)}`);
  }
  return result.right;
};

export const mustRun = async <L, A>(task: TaskEither<L, A>): Promise<A> => must(await task());
