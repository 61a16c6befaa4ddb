import * as E from 'fp-ts/lib/Either.js';
import { type Configured, describeLeftOver, findLeftOvers } from '../application/calendars/left-over.ts';
import { makeStopSignal } from '../application/consumers/waiting.ts';
import { describeChangedSince, findChangedSince } from '../application/calendars/changed-since.ts';
import type { BookingList, CalendarHealthReader } from '../application/ports/read-models.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import { retryAfterStart } from '../application/saga/retry-after-start.ts';
import type { Projections } from '../adapters/read-model/start-projections.ts';

/** Milliseconds in which the read model has to reach the end of the log; building it anew may take minutes. */
const CATCH_UP_MS = 600_000;

/** Milliseconds until the end of an unavailable log is read again. */
const HEAD_AGAIN_MS = 1_000;

type Deps = Omit<Parameters<typeof retryAfterStart>[0], 'signal'> & {
  readonly store: Pick<EventStore, 'head'>;
  readonly readModel: CalendarHealthReader & Pick<BookingList, 'list'> & Pick<Projections, 'waitFor'>;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
};

const comparedWithLog = async ({ readModel, clock, report, signal }: Deps, configured: Configured): Promise<void> => {
  const where = 'configuration';
  const found = await findLeftOvers(readModel, configured)(clock.now())();
  if (E.isLeft(found)) return report({ where, reason: `not compared with live bookings: ${found.left.reason}` });
  for (const leftOver of found.right) report({ where, reason: describeLeftOver(leftOver) });
  const changed = await findChangedSince(readModel, configured.hosts, clock.now());
  if (signal.aborted) return;
  if (E.isLeft(changed)) return report({ where, reason: `not compared with live bookings: ${changed.left.reason}` });
  for (const one of changed.right) report({ where, reason: describeChangedSince(one) });
};

const triedAgain = async (deps: Deps, startedAt: number): Promise<void> => {
  const waiting = await deps.readModel.mendableBookings(startedAt)();
  if (E.isLeft(waiting))
    return deps.report({ where: 'calendars', reason: `what failed is not tried again: ${waiting.left.reason}` });
  return retryAfterStart(deps)(waiting.right, startedAt);
};

/** After a reload: what live bookings need and is not configured any more is told, and what may have been mended is tried. */
export const reconcile = async (deps: Deps, configured: Configured): Promise<void> => {
  await comparedWithLog(deps, configured);
  await triedAgain(deps, deps.clock.now());
};

/** What waited at a calendar that can be read again goes on, without anybody asking. */
export const retryAtCalendar =
  (deps: Deps) =>
  async (calendarId: string): Promise<void> => {
    const now = deps.clock.now();
    const waiting = await deps.readModel.mendableBookings(now)();
    if (E.isLeft(waiting))
      return deps.report({ where: `calendar ${calendarId}`, reason: `not tried again: ${waiting.left.reason}` });
    return retryAfterStart(deps)(
      waiting.right.filter((one) => one.calendarId === calendarId),
      now,
    );
  };

/**
 * Once the read model has reached the end of the log: reports each host, event type and calendar that live bookings
 * need and that is not configured any more; then tries again what failed at calendars that may have been repaired.
 * Begun after listening; nothing waits for it.
 */
export const reconcileAtStart = async (deps: Deps, configured: Configured): Promise<void> => {
  const { store, readModel, clock, report, signal } = deps;
  const startedAt = clock.now();
  const where = 'reconciliation at the start';
  const stopping = makeStopSignal(clock);
  signal.addEventListener('abort', stopping.stop, { once: true });
  let head = await store.head()();
  // An EventStoreDB cluster may have no leader for a moment.
  for (; E.isLeft(head) && head.left.type === 'Unavailable' && !stopping.stopped(); head = await store.head()())
    await stopping.pause(HEAD_AGAIN_MS);
  if (signal.aborted) return;
  if (E.isLeft(head)) return report({ where, reason: `the log cannot be read: ${head.left.type}` });
  if (!(await readModel.waitFor(head.right, CATCH_UP_MS, signal))) {
    if (!signal.aborted) report({ where, reason: 'not done: the read model is behind' });
    return;
  }
  await comparedWithLog(deps, configured);
  await triedAgain(deps, startedAt);
};
