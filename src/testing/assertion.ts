import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';

/** Throws when the two differ anywhere, with an error that node:test, vitest and others show with a diff. */
export const assertSame = (title: string, actual: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(actual, expected))
    throw new AssertionError({ message: title, actual, expected, operator: 'deepStrictEqual' });
};
