/**
 * Remembers what `make` made of the last keys. When `max` of them are kept, all are forgotten: which key was used last is not
 * counted, since in practice the memory is never full. `from`: what `make` needs besides the key, and that follows from it.
 */
export const memoized = <K, V extends {} | null, C = void>(
  max: number,
  make: (key: K, from: C) => V,
): ((key: K, from: C) => V) => {
  const kept = new Map<K, V>();
  return (key, from) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= max) kept.clear();
    const made = make(key, from);
    kept.set(key, made);
    return made;
  };
};
