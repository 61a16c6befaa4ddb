/** Edits that a slip of the finger makes; more and it is another word. */
const MAX_DISTANCE = 3;

/** Levenshtein's distance: letters to insert, remove or replace. Recursion is fine for words of this length. */
const distance = (a: string, b: string, limit: number): number => {
  if (a === '' || b === '' || limit <= 0) {
    return a.length + b.length;
  }
  if (a[0] === b[0]) {
    return distance(a.slice(1), b.slice(1), limit);
  }
  const removed = distance(a.slice(1), b, limit - 1);
  const inserted = distance(a, b.slice(1), limit - 1);
  const replaced = distance(a.slice(1), b.slice(1), limit - 1);
  return 1 + Math.min(removed, inserted, replaced);
};

/** Small when the words are alike; one that begins like the other (a forgotten unit) counts as one edit. */
const unlikeness = (written: string, known: string): number => {
  const [a, b] = [written.toLowerCase(), known.toLowerCase()];
  const extended = a.length >= 4 && (b.startsWith(a) || a.startsWith(b));
  return extended ? 1 : distance(a, b, MAX_DISTANCE + 1);
};

/** `; did you mean "slug"?`, or nothing when no known word is near. Only short words are compared. */
export const didYouMean = (written: string, known: ReadonlyArray<string>): string => {
  if (written.length > 60) {
    return '';
  }
  const [nearest] = known
    .map((word) => ({ word, edits: unlikeness(written, word) }))
    .filter(({ word, edits }) => edits <= Math.min(MAX_DISTANCE, word.length / 2))
    .toSorted((a, b) => a.edits - b.edits);
  return nearest === undefined ? '' : `; did you mean "${nearest.word}"?`;
};
