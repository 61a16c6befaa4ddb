import type { Interval } from '../../../../domain/time/interval.ts';

/** One answer of a server that is to be read; it crosses the border of the thread. */
export type ReadingJob = {
  /** Whose objects these are: what was read of them is kept. */
  readonly calendar: string;
  /** IANA zone of floating times and of dates. */
  readonly hostTimeZone: string;
  readonly window: Interval;
  /** UIDs that are left out. */
  readonly except: ReadonlyArray<string>;
  /** The multistatus document of a REPORT, with or without calendar data. */
  readonly body: string;
  /** Path of the collection that was asked. */
  readonly collection: string;
  /** Objects that were asked for by name: the answer must have each. */
  readonly expected: ReadonlyArray<string>;
  /** Versions of objects that are known to take too long. */
  readonly tooSlow: ReadonlyArray<string>;
  /** Milliseconds after which one object counts as too slow, once it is done. */
  readonly objectLimitMs: number;
};

/** Something of the answer that could not be read. `blocked`: null where nobody knows when it is. */
export type ObjectDoubt = {
  readonly href: string;
  /** Null where nobody can tell whether it is still the same object. */
  readonly version: string | null;
  readonly reason: string;
  readonly blocked: ReadonlyArray<Interval> | null;
};

export type ReadingResult =
  | {
      readonly type: 'read';
      readonly busy: ReadonlyArray<Interval>;
      readonly doubts: ReadonlyArray<ObjectDoubt>;
      /** How many objects the answer names. */
      readonly objects: number;
      /** Objects whose data is needed: the answer has none, and what is kept is of another version. */
      readonly missing: ReadonlyArray<string>;
      /** Versions that took longer than `objectLimitMs`. */
      readonly tooSlow: ReadonlyArray<string>;
    }
  /** The answer as a whole says nothing that can be believed. */
  | { readonly type: 'refused'; readonly reason: string };

/** What the thread says: that it is up, what it is about to read, and how it ended. */
export type ThreadMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'begun'; readonly versions: ReadonlyArray<string> }
  | { readonly type: 'done'; readonly result: ReadingResult };

/**
 * Numbers that the thread shares while it reads, since nothing else can be asked of it once it is caught in a loop: which
 * object it is at, which one took longest so far, and how many milliseconds that took.
 */
export const PROGRESS = { current: 0, longest: 1, longestMs: 2, bytes: 24 } as const;

export const TOO_SLOW = 'its recurrence takes too long to work out';
