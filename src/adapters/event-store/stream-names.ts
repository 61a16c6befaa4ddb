/** Names that are kept, about 100 bytes each. */
const MOST_KEPT = 20_000;

export type NumberedName = { readonly id: number; readonly name: string };

/**
 * Names of streams by their numbers. `findFrom`: some names from a number on, by number; of a log that is read from its
 * beginning they are the next ones to be asked for. All events of a stream get the same text: whoever keys by it
 * computes its hash once.
 */
export const makeStreamNames = (
  findFrom: (id: number) => ReadonlyArray<NumberedName>,
): ((id: number) => string | undefined) => {
  const kept = new Map<number, string>();
  return (id) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    if (kept.size >= MOST_KEPT) kept.clear();
    for (const found of findFrom(id)) kept.set(found.id, found.name);
    return kept.get(id);
  };
};
