import type { Calendar, OwnEvent } from '../../../src/application/ports/calendar.ts';
import type { Interval } from '../../../src/domain/time/time.ts';
import type { BoxAnswer } from '../../support/box-answers.ts';

/** One event as the calendar holds it, read past the adapter. `start`, `end`: epoch milliseconds. */
export type HeldEvent = {
  readonly icsUid: string;
  readonly sequence: number;
  readonly status: string;
  /** What each of its attendees is said to have answered. */
  readonly answers: ReadonlyArray<string>;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  readonly start: number;
  readonly end: number;
};

/** A fresh and empty calendar behind an adapter, and the ways to reach it past the adapter. One is made per test. */
export type CalendarFixture = {
  readonly calendar: Calendar;
  /** Everything that the calendar holds, in any order. */
  readonly held: () => Promise<ReadonlyArray<HeldEvent>>;
  /** Puts an event that is not ours where ours would stand: same name or id, without our mark or with another's. */
  readonly occupy: (own: OwnEvent) => Promise<void>;
  /** Puts an event of the host's own into the calendar. */
  readonly addForeign: (busy: Interval) => Promise<void>;
  /** Makes the calendar unreadable in the way that this provider can be: from here on `busy` has no true answer. */
  readonly makeUnreadable: () => Promise<void>;
  /** From here on the calendar takes requests and answers none, and does nothing of what they ask. */
  readonly stall: () => Promise<void>;
  /** True where reads answer within the call itself, so that nothing can stall them. */
  readonly readsAtOnce?: boolean;
  /** The next request is carried out and its answer lost; the calls after it go through. */
  readonly loseNextAnswer: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A calendar that is reached over HTTP, so that something in between can answer in its place. */
export type BoxedCalendarFixture = CalendarFixture & {
  /** From here on `answer` comes to what changes something, or to everything, or no more; nothing is passed on. */
  readonly boxed: (what: 'writes' | 'all' | 'none', answer: BoxAnswer) => void;
};

/** `timeLimitMs`: the time limit of each call that the adapter is to keep. */
export type MakeCalendarFixture<F = CalendarFixture> = (options: { readonly timeLimitMs: number }) => Promise<F>;
