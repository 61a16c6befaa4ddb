/** Names that are kept, about 100 bytes each. */
const MOST_KEPT = 20_000;

/**
 * Names of streams by their numbers. Events of one stream mostly lie close together, so a name is looked up once, and all its
 * events have the same text: whoever keys by it computes its hash once.
 */
export const makeStreamNames = (find: (id: number) => string): ((id: number) => string) => {
  const kept = new Map<number, string>();
  return (id) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const name = find(id);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(id, name);
    return name;
  };
};
