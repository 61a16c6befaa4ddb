import * as E from 'fp-ts/lib/Either.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { openFailures } from '../../domain/booking/decide-calendar.ts';
import { isCalendarWide } from '../../domain/calendar/calendar-failure.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { MendableBooking } from '../ports/read-models.ts';
import { systemContext, type SagaDeps } from './effect-context.ts';
import type { SagaRunner } from './saga-runner.ts';

/** Calendars that are asked at the same time; each is asked about one booking after the other. */
const AT_ONCE = 4;
/** After so many bookings in a row that failed again, a calendar is left alone until the next start. */
const MOST_FAILURES_IN_A_ROW = 3;

type Deps = Pick<SagaDeps, 'buses' | 'calendars' | 'clock' | 'identity' | 'report'> & {
  readonly runner: Pick<SagaRunner, 'run'>;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
};

type Tried = 'well' | 'failed-again' | 'refused-again' | 'not-tried';

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** What came of the try, from what failed at the calendar since the start. */
const outcomeOf = (booking: KnownBooking, calendarId: string, startedAt: number, now: number): Tried => {
  const failures = openFailures(booking, calendarId).filter(
    ({ failedAt }) => toEpochMs(failedAt) >= startedAt && toEpochMs(failedAt) <= now,
  );
  if (failures.length === 0) return 'well';
  return failures.some(({ kind }) => isCalendarWide(kind)) ? 'refused-again' : 'failed-again';
};

/**
 * A start may come after somebody mended a calendar: what failed there for good before it is tried again, once a start. By
 * the host's own command, so the log says why, and what failed since, or was asked for on another node, is left as it is.
 * A calendar that is still refused is asked about one booking, not about all of them.
 */
export const retryAfterStart =
  (deps: Deps) =>
  async (bookings: ReadonlyArray<MendableBooking>, startedAt: number): Promise<void> => {
    const { buses, runner, clock, signal } = deps;

    const tryAgain = async ({ calendarId, bookingUid }: MendableBooking): Promise<Tried> => {
      const only = { calendarId, failedBefore: startedAt };
      const context = systemContext(deps, bookingUid, null);
      const asked = await buses.bookings.execute(
        bookingUid,
        { type: 'RetryCalendars', now: clock.now(), only },
        context,
      )();
      if (E.isLeft(asked)) {
        deps.report({ where: `trying again at ${calendarId}`, reason: `${bookingUid}: ${asked.left.type}` });
        return 'failed-again';
      }
      if (asked.right.events.length === 0) return 'not-tried';
      const progress = await runner.run(bookingUid, 0);
      if (progress.type === 'busy') await Promise.race([progress.settled, aborted(signal)]);
      const loaded = await buses.bookings.load(bookingUid)();
      if (E.isLeft(loaded) || loaded.right.state.phase === 'none') return 'failed-again';
      return outcomeOf(loaded.right.state, calendarId, startedAt, clock.now());
    };

    const atCalendar = async (calendarId: string, waiting: ReadonlyArray<MendableBooking>): Promise<void> => {
      let failedInARow = 0;
      for (const [index, booking] of waiting.entries()) {
        if (signal.aborted) return;
        const tried = await tryAgain(booking);
        if (tried === 'not-tried') continue;
        failedInARow = tried === 'well' ? 0 : failedInARow + 1;
        if (tried !== 'refused-again' && failedInARow < MOST_FAILURES_IN_A_ROW) continue;
        const left = waiting.length - index - 1;
        const reason = `still refused after the start; ${left} more bookings wait until it is mended`;
        if (left > 0 && !signal.aborted) deps.report({ where: `calendar ${calendarId}`, reason });
        return;
      }
    };

    const connected = bookings.filter(({ calendarId }) => deps.calendars.has(calendarId));
    const queue = [...Map.groupBy(connected, ({ calendarId }) => calendarId)];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await atCalendar(...next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };
