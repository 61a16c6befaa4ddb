import type { Interval } from '../time/interval.ts';
import { overlaps } from '../time/interval.ts';
import type { MapDraft, PersistentMap } from './persistent-map.ts';
import { draftOf, emptyMap, getFrom, keysOf } from './persistent-map.ts';

/** A booking's span of its host's time, epoch milliseconds. */
export type Claim = { readonly bookingUid: string; readonly claim: Interval };

/**
 * Claims by the UTC day in which they end, each day's by start, so that a question about a month looks at the claims of a
 * month, and what has long been over goes day by day. `longestMs`: no claim is longer. `from`: no claim ends on an
 * earlier day.
 */
export type ClaimsByDay<C extends Claim> = {
  readonly days: PersistentMap<number, ReadonlyArray<C>>;
  readonly longestMs: number;
  readonly from: number;
};

export type ClaimsDraft<C extends Claim> = {
  readonly add: (claim: C) => void;
  /** Takes the booking's claim out that ends at this instant. */
  readonly remove: (claim: Claim) => void;
  /** Forgets the claims that end on days before that of `instant`, and answers them. */
  readonly forgetBefore: (instant: number) => ReadonlyArray<C>;
  readonly done: () => ClaimsByDay<C>;
};

const DAY_IN_MS = 86_400_000;
const dayOf = (instant: number): number => Math.floor(instant / DAY_IN_MS);

export const noClaims = <C extends Claim>(): ClaimsByDay<C> => ({ days: emptyMap(), longestMs: 0, from: Infinity });

/** Every day from `first` to `last` that may have claims; walks the days or the claims, whichever are fewer. */
const daysBetween = (first: number, last: number, known: { readonly size: number; readonly keys: Iterable<number> }) =>
  last - first < known.size
    ? Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
    : [...known.keys].filter((day) => first <= day && day <= last).sort((a, b) => a - b);

/** The claims that reach into `wanted`, by start. The work grows with the days of `wanted`, not with all claims. */
export const claimsWithin = <C extends Claim>(
  { days, longestMs, from }: ClaimsByDay<C>,
  wanted: Interval,
): ReadonlyArray<C> => {
  const first = Math.max(from, dayOf(wanted.start));
  const known = { size: days.size, keys: keysOf(days) };
  return daysBetween(first, dayOf(wanted.end + longestMs), known)
    .flatMap((day) => (getFrom(days, day) ?? []).filter(({ claim }) => overlaps(claim, wanted)))
    .sort((a, b) => a.claim.start - b.claim.start);
};

const byStart = <C extends Claim>(claims: ReadonlyArray<C>, added: C): ReadonlyArray<C> => {
  let at = claims.length;
  while (at > 0 && (claims[at - 1]?.claim.start ?? 0) > added.claim.start) at -= 1;
  return at === claims.length ? claims.concat([added]) : claims.toSpliced(at, 0, added);
};

const isSame = (a: Claim, b: Claim): boolean =>
  a.bookingUid === b.bookingUid && a.claim.start === b.claim.start && a.claim.end === b.claim.end;

export const draftClaims = <C extends Claim>(claims: ClaimsByDay<C>): ClaimsDraft<C> => {
  const days: MapDraft<number, ReadonlyArray<C>> = draftOf(claims.days);
  let { longestMs, from } = claims;
  return {
    add: (added) => {
      const day = dayOf(added.claim.end);
      days.set(day, byStart(days.get(day) ?? [], added));
      longestMs = Math.max(longestMs, added.claim.end - added.claim.start);
      from = Math.min(from, day);
    },
    remove: (removed) => {
      const day = dayOf(removed.claim.end);
      const left = days.get(day)?.filter((one) => !isSame(one, removed)) ?? [];
      if (left.length === 0) days.delete(day);
      else days.set(day, left);
    },
    forgetBefore: (instant) => {
      const day = dayOf(instant);
      if (day <= from) return [];
      const over = daysBetween(from, day - 1, { size: days.size(), keys: days.keys() });
      const forgotten = over.flatMap((one) => days.get(one) ?? []);
      for (const one of over) days.delete(one);
      from = days.size() === 0 ? Infinity : day;
      return forgotten;
    },
    done: () => ({ days: days.done(), longestMs, from }),
  };
};
