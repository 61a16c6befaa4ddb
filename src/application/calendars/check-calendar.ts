import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { Calendar, CalendarEvent, Person } from '../ports/calendar.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import { adviceOn } from './advice.ts';

/**
 * One thing that was tried at a calendar. `said`: what came, in words. `why` and `todo` where it failed: what that means, and
 * what a person can do. `skipped`: it was not tried, and `said` tells why not.
 */
export type CheckStep = {
  readonly tried:
    'find the calendar' | 'read it' | 'write a test event' | 'find the test event' | 'remove the test event';
  readonly outcome: 'ok' | 'failed' | 'skipped';
  readonly said: string;
  readonly tookMs: number;
  readonly why?: string;
  readonly todo?: string;
};

const DAY_MS = 86_400_000;
/** Days from now that are read: as many as a page of slots asks for. */
const READ_DAYS = 7;
/** The test event lies so many days ahead, where it is in nobody's way, for a quarter of an hour. */
const TEST_DAYS = 300;
const TEST_MS = 900_000;

type Deps = { readonly clock: Pick<Clock, 'now' | 'elapsed'>; readonly signal: AbortSignal };

const testEvent = (id: string, owner: Person, timeZone: string, now: number): CalendarEvent => ({
  bookingUid: `check${id}`,
  icsUid: `check${id}@holdfast`,
  sequence: 0,
  status: 'tentative',
  summary: 'Holdfast: test of this calendar',
  description: 'Written by "holdfast calendar check --write", which removes it at once. If you see it, delete it.',
  location: '',
  start: toInstant(now + TEST_DAYS * DAY_MS),
  end: toInstant(now + TEST_DAYS * DAY_MS + TEST_MS),
  timeZone,
  organizer: owner,
  attendees: [],
  conference: { _tag: 'None' },
});

/** Tries one thing after the other; what rests on one that failed is skipped. */
const makeSteps = ({ clock }: Deps) => {
  const steps: CheckStep[] = [];
  const run = async <A>(
    tried: CheckStep['tried'],
    task: TaskEither<CalendarFailure, A>,
    words: (found: A) => string,
  ): Promise<E.Either<CalendarFailure, A>> => {
    const begun = clock.elapsed();
    const done = await task();
    const tookMs = Math.round(clock.elapsed() - begun);
    if (E.isRight(done)) {
      steps.push({ tried, outcome: 'ok', said: words(done.right), tookMs });
      return done;
    }
    steps.push({ tried, outcome: 'failed', said: done.left.message, tookMs, ...adviceOn(done.left) });
    return done;
  };
  const skip = (tried: CheckStep['tried'], said: string): void => {
    steps.push({ tried, outcome: 'skipped', said, tookMs: 0 });
  };
  return { steps, run, skip };
};

const writeTest = async (
  calendar: Calendar,
  event: CalendarEvent,
  { run, skip }: ReturnType<typeof makeSteps>,
  signal: AbortSignal,
): Promise<void> => {
  const made = await run(
    'write a test event',
    calendar.create(event, signal),
    () => `written, ${event.start}, UID ${event.icsUid}`,
  );
  const own = { bookingUid: event.bookingUid, icsUid: event.icsUid, start: event.start };
  if (E.isLeft(made)) skip('find the test event', 'it was not written');
  else
    await run('find the test event', calendar.find(own, signal), (found) =>
      found._tag === 'Some' ? 'it is there' : 'it is NOT there, though the calendar said that it was written',
    );
  // Also where the write failed: its answer may have been lost.
  await run('remove the test event', calendar.remove(own, signal), (gone) =>
    gone === 'removed' ? 'removed' : 'there was nothing to remove',
  );
};

/**
 * Tries a calendar step by step, from its address to a test event, which is removed again. `write` null: nothing is
 * written. What was tried before a failure says where to look.
 */
export const checkCalendar =
  (deps: Deps) =>
  async (
    calendar: Calendar,
    write: { readonly id: string; readonly owner: Person; readonly timeZone: string } | null,
  ): Promise<ReadonlyArray<CheckStep>> => {
    const { clock, signal } = deps;
    const steps = makeSteps(deps);
    const { locate } = calendar;
    if (locate === undefined) steps.skip('find the calendar', 'its provider has no address to look for');
    else {
      const found = await steps.run('find the calendar', locate(signal), (address) => `it is at ${address}`);
      if (E.isLeft(found)) {
        steps.skip('read it', 'it was not found');
        if (write !== null) steps.skip('write a test event', 'it was not found');
        return steps.steps;
      }
    }
    const window = { start: clock.now(), end: clock.now() + READ_DAYS * DAY_MS };
    await steps.run('read it', calendar.busy(window, [], signal), ({ busy, unreadable }) => {
      const odd = unreadable.length === 0 ? '' : `; ${unreadable.length} entries cannot be read and count as busy`;
      return `${busy.length} busy times in the next ${READ_DAYS} days${odd}`;
    });
    if (write !== null)
      await writeTest(calendar, testEvent(write.id, write.owner, write.timeZone, clock.now()), steps, signal);
    return steps.steps;
  };
