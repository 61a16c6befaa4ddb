import * as E from 'fp-ts/lib/Either.js';
import type { CalendarChanges, CalendarWatch } from '../ports/calendar.ts';

/** Versions of our events by their ids, where a calendar has no token, and whether each was the same the time before. */
export type KnownVersions = Map<string, { readonly version: string; readonly isOld: boolean }>;

/** Servers encode paths as they like. */
export const decodedPath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

export const isTouched = ({ touched }: CalendarChanges, providerEventId: string): boolean =>
  touched === 'unknown' || touched.some((id) => decodedPath(id) === decodedPath(providerEventId));

/**
 * The changes of a calendar that has no token of them: its events whose version is another than the last time. A version is
 * believed from the second time on: some servers count in seconds, and one more change of that second leaves it as it is.
 */
export const byVersions = async (
  known: KnownVersions,
  watch: CalendarWatch,
  ids: ReadonlyArray<string>,
  signal: AbortSignal,
): Promise<CalendarChanges | null> => {
  if (watch.versions === undefined) return { token: null, touched: 'unknown' };
  const asked = await watch.versions(ids, signal)();
  if (E.isLeft(asked)) return null;
  const before = new Map(known);
  known.clear();
  const touched = ids.filter((id, index) => {
    const version = asked.right[index] ?? null;
    const last = before.get(id);
    const isSame = version !== null && last?.version === version;
    if (version !== null) known.set(id, { version, isOld: isSame });
    return !(isSame && last?.isOld === true);
  });
  return { token: null, touched };
};
