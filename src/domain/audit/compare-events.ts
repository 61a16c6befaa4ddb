import * as E from 'fp-ts/lib/Either.js';
import { isObject } from '../unknown.ts';

/** An event as deciders write it. */
type Written = { readonly type: string; readonly occurredAt: string; readonly data: unknown };

/** Where two values differ first: the path of keys; null: nowhere. The path is made on the way out: most events do not differ. */
const firstDifference = (one: unknown, other: unknown): ReadonlyArray<string> | null => {
  if (Object.is(one, other)) return null;
  if (Array.isArray(one) && Array.isArray(other)) {
    if (one.length !== other.length) return [];
    for (let index = 0; index < one.length; index += 1) {
      const found = firstDifference(one[index], other[index]);
      if (found !== null) return [String(index), ...found];
    }
    return null;
  }
  if (!isObject(one) || !isObject(other)) return [];
  let more = 0;
  for (const key in one) {
    const found = firstDifference(one[key], other[key]);
    if (found !== null) return [key, ...found];
    if (one[key] !== undefined) more -= 1;
  }
  // All that one has is the same: where the other has more, it has more keys. Counting them costs a third of looking for each.
  for (const key in other) if (other[key] !== undefined) more += 1;
  return more === 0
    ? null
    : [Object.keys(other).find((key) => one[key] === undefined && other[key] !== undefined) ?? ''];
};

const at = (value: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (inside, key) => (isObject(inside) ? inside[key] : Array.isArray(inside) ? inside[Number(key)] : undefined),
    value,
  );

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Values of marked fields are not repeated (I12). */
const describeDifference = (event: Written, expected: Written, path: ReadonlyArray<string>): string =>
  path[1] === 'personal'
    ? `${path.join('.')} is not what the decider would write`
    : `${path.join('.')} is ${shown(at(event, path))}, where the decider would write ${shown(at(expected, path))}`;

/**
 * Whether `event` is one of the events that the decider writes; left says in one line why not. `silent`: what to say where it
 * writes none of that type.
 */
export const isWritten = (
  event: Written,
  decided: ReadonlyArray<Written>,
  silent: () => string,
): E.Either<string, void> => {
  let nearest: string | null = null;
  for (const one of decided) {
    if (one.type !== event.type) continue;
    const path = firstDifference(event, one);
    if (path === null) return E.right(undefined);
    nearest ??= describeDifference(event, one, path);
  }
  if (nearest !== null) return E.left(nearest);
  const [other] = decided;
  return E.left(other === undefined ? silent() : `the decider would write ${other.type} in its place`);
};
