import type { Interval } from '../../../../domain/time/time.ts';

/**
 * One step of reading a calendar; it crosses the border of the thread. `listing`: every object of the collection with its
 * ETag. `data`: the objects that were asked for by name. `busy`: what all that are kept take of a window.
 */
type Step =
  | { readonly type: 'listing'; readonly body: string }
  | { readonly type: 'data'; readonly body: string; readonly expected: ReadonlyArray<string> }
  | { readonly type: 'busy'; readonly window: Interval; readonly except: ReadonlyArray<string> };

export type ReadingJob = {
  /** Whose objects these are: what was read of them is kept. */
  readonly calendar: string;
  /** IANA zone of floating times and of dates. */
  readonly hostTimeZone: string;
  /** Path of the collection that was asked. */
  readonly collection: string;
  readonly step: Step;
  /** Versions of objects that are known to take too long. */
  readonly tooSlow: ReadonlyArray<string>;
  /** Milliseconds after which one object counts as too slow, once it is done. */
  readonly objectLimitMs: number;
};

/** Something of the calendar that could not be read. `blocked`: null where nobody knows when it is. */
export type ObjectDoubt = {
  readonly href: string;
  /** Null where nobody can tell whether it is still the same object. */
  readonly version: string | null;
  readonly reason: string;
  readonly blocked: ReadonlyArray<Interval> | null;
};

export type ReadingResult = {
  readonly type: 'read';
  readonly busy: ReadonlyArray<Interval>;
  readonly doubts: ReadonlyArray<ObjectDoubt>;
  /** Objects whose data is needed: what is kept is of another version, or nothing is. */
  readonly missing: ReadonlyArray<string>;
  /** Versions that took longer than `objectLimitMs`. */
  readonly tooSlow: ReadonlyArray<string>;
};

/** The answer as a whole says nothing that can be believed. */
export type RefusedReading = { readonly type: 'refused'; readonly reason: string };

/** What the thread says: that it is up, what it is about to read, and how it ended. */
export type ThreadMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'begun'; readonly versions: ReadonlyArray<string> }
  | { readonly type: 'done'; readonly result: ReadingResult | RefusedReading };

/**
 * Numbers that the thread shares while it reads, since nothing else can be asked of it once it is caught in a loop: which
 * object it is at, which one took longest so far, and how many milliseconds that took.
 */
export const PROGRESS = { current: 0, longest: 1, longestMs: 2, bytes: 24 } as const;

export const TOO_SLOW = 'its recurrence takes too long to work out';
