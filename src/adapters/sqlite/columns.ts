import type { SQLOutputValue } from 'node:sqlite';
import { unexpectedValue } from './sqlite-error.ts';

/** Throws (read as `Corrupt`) when the column is not a number: our tables are STRICT, so it would be damage. */
export const integerColumn = (value: SQLOutputValue | undefined): number => {
  if (typeof value !== 'number') throw unexpectedValue(`a number was expected, found ${typeof value}`);
  return value;
};

/** Throws (read as `Corrupt`) when the column is not text. */
export const textColumn = (value: SQLOutputValue | undefined): string => {
  if (typeof value !== 'string') throw unexpectedValue(`text was expected, found ${typeof value}`);
  return value;
};
