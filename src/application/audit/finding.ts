/**
 * What an audit finds. `chain`: an event or its place was changed. `unreadable`: no codec understands it. `impossible`: no
 * decider could have written it there. `no-cause`: a notification of an event that its stream does not have.
 * `no-slot`: a live booking whose time is not held. `wrong-slot`: what is held for it is another time, or another host's.
 * `overlap`: two accepted bookings of one host at one time. `no-booking`: a time held for no live booking.
 */
export type FindingKind =
  'chain' | 'unreadable' | 'impossible' | 'no-cause' | 'no-slot' | 'wrong-slot' | 'overlap' | 'no-booking';

/** `reason` repeats no value of a marked field. What a whole stream lacks is found at its last event. */
export type Finding = {
  readonly kind: FindingKind;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly reason: string;
};

/** So many findings are kept one by one, the first of the log; the rest are counted. */
export const MOST_FINDINGS = 1000;

/** Findings in the order of the log, and how many there are beyond those. */
export type Findings = { readonly findings: ReadonlyArray<Finding>; readonly more: number };

/** Collects findings that come in any order, in bounded memory, from a position on. */
export const makeFindingList = (from: number) => {
  let kept: Finding[] = [];
  let more = 0;
  const cut = (): void => {
    kept.sort((a, b) => a.position - b.position);
    more += Math.max(0, kept.length - MOST_FINDINGS);
    kept = kept.slice(0, MOST_FINDINGS);
  };
  return {
    add: (found: ReadonlyArray<Finding>, beyond = 0): void => {
      more += beyond;
      for (const finding of found) if (finding.position >= from) kept.push(finding);
      if (kept.length >= 2 * MOST_FINDINGS) cut();
    },
    all: (): Findings => {
      cut();
      return { findings: kept, more };
    },
  };
};
