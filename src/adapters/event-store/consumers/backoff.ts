const FIRST_MS = 100;
const LONGEST_MS = 30_000;

/** Milliseconds before attempt n is followed by the next: doubled each time up to 30 s, of which half is left to chance. */
export const backoffWithJitter = (attempt: number, random: () => number): number => {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return full / 2 + (random() * full) / 2;
};
