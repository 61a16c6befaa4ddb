/** Time-ordered uids begin alike; fewer characters would be taken again by tomorrow's bookings. */
export const MIN_PREFIX_LENGTH = 8;

const sharedLength = (a: string, b: string): number => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
};

/** For each uid the shortest beginning that no other one of the list has, of the same length for all, so that columns line up. */
export const shortUids = (uids: ReadonlyArray<string>): ReadonlyArray<string> => {
  const sorted = [...new Set(uids)].sort();
  const shared = sorted.map((uid, index) => sharedLength(uid, sorted[index + 1] ?? ''));
  const length = Math.max(MIN_PREFIX_LENGTH, ...shared.map((count) => count + 1));
  return uids.map((uid) => uid.slice(0, length));
};
