import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';

/** An error that node:test, vitest and others show with a diff of `actual` and `expected`. */
const mismatch = (title: string, actual: unknown, expected: unknown): AssertionError => {
  const { message } = new AssertionError({ actual, expected, operator: 'deepStrictEqual' });
  return new AssertionError({ message: `${title}\n\n${message}`, actual, expected, operator: 'deepStrictEqual' });
};

/** Throws when the two differ anywhere; `title` says what was compared. */
export const assertSame = (title: string, actual: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(actual, expected)) throw mismatch(title, actual, expected);
};
