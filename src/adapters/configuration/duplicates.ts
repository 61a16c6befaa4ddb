import type { Errors } from './decoder.ts';
import { shown } from './value-decoders.ts';

export type Placed = { readonly value: unknown; readonly path: string };

/** An error at each value that an earlier one has already. Only texts and numbers are compared. */
export const duplicates = (values: ReadonlyArray<Placed>): Errors => {
  const first = new Map<unknown, string>();
  return values.flatMap(({ value, path }): Errors => {
    if (typeof value !== 'string' && typeof value !== 'number') {
      return [];
    }
    const earlier = first.get(value);
    if (earlier === undefined) {
      first.set(value, path);
      return [];
    }
    return [{ path, code: 'duplicate', message: `${shown(String(value))} is already at ${earlier}` }];
  });
};

/** The values of a list of texts with their places. */
export const placed = (values: ReadonlyArray<unknown>, path: string): ReadonlyArray<Placed> =>
  values.map((value, place) => ({ value, path: `${path}[${place}]` }));

/** The values that stand under one key of each item of a list. */
export const placedUnder = <K extends string>(
  items: ReadonlyArray<{ readonly [key in K]: unknown }>,
  path: string,
  key: K,
): ReadonlyArray<Placed> => items.map((item, place) => ({ value: item[key], path: `${path}[${place}].${key}` }));
