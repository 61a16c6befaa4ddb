import type { DeletedPolicy, MovedPolicy } from './watch-events.ts';

/**
 * What a calendar said of our event when it was asked for it directly, twice. `at`: it is there; `start`, `end`: UTC
 * instants. `as-booked`: it is there at its time. `other-organizer`: it is there at its time, and somebody else organizes it.
 */
export type Seen =
  | { readonly type: 'missing' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'other-organizer' }
  | { readonly type: 'at'; readonly start: string; readonly end: string }
  | { readonly type: 'as-booked' };

/** What had been written to the calendar when the look began. What was written since makes the look worthless. */
export type LookBasis = { readonly attempt: number; readonly moves: number; readonly number: number };

/** What the host wants done about what is found in this calendar, and how long `cancel` waits, in milliseconds. */
export type WatchPolicy = { readonly deleted: DeletedPolicy; readonly moved: MovedPolicy; readonly graceMs: number };

export type WatchCommand =
  /** `basis` not there: the log is judged. `isAsked`: that the event is where it should be is worth an event. */
  | {
      readonly type: 'RecordLook';
      readonly calendarId: string;
      readonly seen: Seen;
      readonly policy: WatchPolicy;
      readonly basis?: LookBasis;
      readonly isAsked: boolean;
    }
  /** Write the event again as it was; `calendarId` null: in every calendar that differs. */
  | { readonly type: 'RequestRestore'; readonly calendarId: string | null; readonly by: 'host' | 'operator' }
  /** The booking cannot be where its event was moved to. */
  | {
      readonly type: 'RecordNotFollowed';
      readonly calendarId: string;
      readonly reason: string;
      readonly takenBy?: string;
    }
  /** The grace is over, or the host has not answered until the meeting was to begin. */
  | { readonly type: 'CancelForDifference'; readonly salt: string };
