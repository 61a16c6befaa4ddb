/**
 * What an audit finds. `chain`: an event or its place was changed. `unreadable`: no codec understands it. `impossible`: no
 * decider could have written it there. `no-cause`: a notification of an event that its stream does not have, or of which
 * this is told nobody, or not whom it was told. `no-slot`: a live booking whose time is not held. `wrong-slot`: what is
 * held for it is another time, or another host's. `overlap`: two accepted bookings of one host at one time. `no-booking`:
 * a time held, or once held, for no booking. `no-rules`: a time granted by rules that are not in the log. `gap`: positions of the
 * embedded log that no event has. `head`: a signed head in the log that is not that of the events before it. `read-model`:
 * what lists are read from, or a kept fold of a schedule, says otherwise than the log. `schema`: the data file has a
 * trigger or a view, which nobody makes who only runs this program.
 */
export type FindingKind =
  | 'chain'
  | 'unreadable'
  | 'impossible'
  | 'no-cause'
  | 'no-slot'
  | 'wrong-slot'
  | 'overlap'
  | 'no-booking'
  | 'no-rules'
  | 'gap'
  | 'head'
  | 'read-model'
  | 'schema';

/** `reason` repeats no value of a marked field. What a whole stream lacks is found at its last event. */
export type Finding = {
  readonly kind: FindingKind;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly reason: string;
  /** Of a finding in the read model: where, `column` null for a row as a whole. */
  readonly row?: { readonly table: string; readonly key: string; readonly column: string | null };
};

/**
 * What lies between two events, the first of them at 0 where there is none before. The embedded log counts positions from 1
 * and never deletes, so that whatever is missing was taken out.
 */
export const gapBefore = (next: number, last: number): ReadonlyArray<Finding> => {
  const found = (reason: string): ReadonlyArray<Finding> => [
    { kind: 'gap', stream: '', revision: -1, position: next, reason },
  ];
  if (next < 1) return found(`an event stands at position ${next}, where no log has one: it was put in`);
  if (next <= last + 1) return [];
  return next === last + 2
    ? found(`position ${last + 1} is missing: an event was taken out`)
    : found(`positions ${last + 1} to ${next - 1} are missing: ${next - last - 1} events were taken out`);
};

/** So many findings are kept one by one, the first of the log; the rest are counted. */
export const MOST_FINDINGS = 1000;

/** Findings in the order of the log, and how many there are beyond those. */
export type Findings = { readonly findings: ReadonlyArray<Finding>; readonly more: number };

/** Collects findings that come in any order, in bounded memory, from a position on. */
export const makeFindingList = (from: number) => {
  let kept: Finding[] = [];
  let more = 0;
  /** What was put in may stand before the first place that there is. */
  const first = from === 0 ? Number.NEGATIVE_INFINITY : from;
  const cut = (): void => {
    kept.sort((a, b) => a.position - b.position);
    more += Math.max(0, kept.length - MOST_FINDINGS);
    kept = kept.slice(0, MOST_FINDINGS);
  };
  return {
    add: (found: ReadonlyArray<Finding>, beyond = 0): void => {
      more += beyond;
      for (const finding of found) if (finding.position >= first) kept.push(finding);
      if (kept.length >= 2 * MOST_FINDINGS) cut();
    },
    all: (): Findings => {
      cut();
      return { findings: kept, more };
    },
  };
};
