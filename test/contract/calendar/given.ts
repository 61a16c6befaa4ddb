import { type Either, isLeft, isRight } from 'fp-ts/lib/Either.js';
import { none } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { CalendarEvent, OwnEvent } from '../../../src/application/ports/calendar.ts';
import type { CalendarFailure } from '../../../src/domain/calendar/calendar-failure.ts';
import { type Interval, toEpochMs } from '../../../src/domain/time/time.ts';

export const live = (): AbortSignal => new AbortController().signal;

export const anEvent = (overrides: Partial<CalendarEvent> = {}): CalendarEvent => ({
  bookingUid: 'bk1',
  icsUid: 'bk1@holdfast.test',
  sequence: 0,
  status: 'confirmed',
  summary: 'Intro between Odd and Runa',
  description: 'Notes',
  location: 'Room 4',
  start: '2050-09-05T09:00:00Z',
  end: '2050-09-05T09:30:00Z',
  timeZone: 'Europe/Oslo',
  organizer: { name: 'Odd', email: 'odd@example.test' },
  attendees: [{ name: 'Runa', email: 'runa@example.test' }],
  conference: none,
  ...overrides,
});

export const ownOf = ({ bookingUid, icsUid }: CalendarEvent): OwnEvent => ({ bookingUid, icsUid });

/** Between two hours of 2050-09-05, UTC. */
export const hours = (from: string, to: string): Interval => ({
  start: toEpochMs(`2050-09-05T${from}:00Z`),
  end: toEpochMs(`2050-09-05T${to}:00Z`),
});

export const succeeds = async <A>(call: TaskEither<CalendarFailure, A>): Promise<A> => {
  const result = await call();
  if (isLeft(result)) throw new Error(`failed: ${result.left.kind}: ${result.left.message}`);
  return result.right;
};

export const fails = async (call: TaskEither<CalendarFailure, unknown>): Promise<CalendarFailure> => {
  const result: Either<CalendarFailure, unknown> = await call();
  if (isRight(result)) throw new Error(`succeeded: ${JSON.stringify(result.right)}`);
  return result.left;
};

/** What of `window` is busy, as few intervals as can be: adapters are free to merge, split and overhang. */
export const covered = (busy: ReadonlyArray<Interval>, window: Interval): ReadonlyArray<Interval> => {
  const merged: Interval[] = [];
  for (const next of busy.toSorted((a, b) => a.start - b.start)) {
    const start = Math.max(next.start, window.start);
    const end = Math.min(next.end, window.end);
    const last = merged.at(-1);
    if (start >= end) continue;
    if (last === undefined || start > last.end) merged.push({ start, end });
    else merged.splice(-1, 1, { start: last.start, end: Math.max(last.end, end) });
  }
  return merged;
};
