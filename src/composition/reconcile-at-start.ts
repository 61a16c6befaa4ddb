import * as E from 'fp-ts/lib/Either.js';
import { type ConfigurationChange, describeChange } from '../adapters/configuration/compare-configurations.ts';
import {
  bookingsInWords,
  type Configured,
  describeLeftOver,
  findLeftOvers,
  together,
} from '../application/calendars/left-over.ts';
import { makeStopSignal } from '../application/consumers/waiting.ts';
import { describeChangedSince, findChangedSince } from '../application/calendars/changed-since.ts';
import type {
  Bookings,
  BookingList,
  CalendarHealthReader,
  CalendarReport,
  LiveBookings,
} from '../application/ports/read-models.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { ConsumerGroups } from '../application/ports/consumer-groups.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Report } from '../application/saga/effect-context.ts';
import { retryAfterStart } from '../application/saga/retry-after-start.ts';
import type { Projections } from '../adapters/read-model/start-projections.ts';

/** Milliseconds in which the read model has to reach the end of the log; building it anew may take minutes. */
const CATCH_UP_MS = 600_000;

/** Milliseconds until the end of an unavailable log is read again. */
const HEAD_AGAIN_MS = 1_000;

type Deps = Omit<Parameters<typeof retryAfterStart>[0], 'signal'> & {
  readonly store: Pick<EventStore, 'head'>;
  readonly groups: Pick<ConsumerGroups, 'status'>;
  readonly readModel: CalendarHealthReader & Pick<BookingList, 'list'> & Pick<Projections, 'waitFor'>;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
};

const comparedWithLog = async (deps: Deps, configured: Configured): Promise<void> => {
  const { readModel, clock, report, signal } = deps;
  const where = 'configuration';
  const found = await findLeftOvers(readModel, configured)(clock.now())();
  if (E.isLeft(found)) return report({ where, reason: `not compared with live bookings: ${found.left.reason}` });
  for (const leftOver of found.right) report({ where, reason: describeLeftOver(leftOver) });
  const changed = await findChangedSince(readModel, configured.hosts, clock.now());
  if (signal.aborted) return;
  if (E.isLeft(changed)) return report({ where, reason: `not compared with live bookings: ${changed.left.reason}` });
  for (const one of changed.right) report({ where, reason: describeChangedSince(one) });
  await restingWebhooks(deps);
};

const WEBHOOKS = /^(?:calendar-)?webhook-(.*)$/;

/** Deliveries that wait for webhooks that are not configured any more: nothing goes out, and somebody has to know. */
const restingWebhooks = async ({ groups, report }: Pick<Deps, 'groups' | 'report'>): Promise<void> => {
  const status = await groups.status()();
  if (E.isLeft(status)) return report({ where: 'configuration', reason: `webhooks not compared: ${status.left.type}` });
  if (!status.right.some(({ isRunning }) => isRunning)) return;
  for (const { name, isRunning, retrying, parked } of status.right) {
    const [, id] = WEBHOOKS.exec(name) ?? [];
    const waiting = retrying + parked;
    if (isRunning || id === undefined || waiting === 0) continue;
    const what = waiting === 1 ? '1 delivery that waits for it is' : `${waiting} deliveries that wait for it are`;
    report({ where: 'configuration', reason: `webhook "${id}" is not configured any more; ${what} not sent` });
  }
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

/** Live bookings that a change is about: of the host, of the event type, or held by the calendar. */
const concernedBy = (
  { what, id }: ConfigurationChange,
  live: ReadonlyArray<LiveBookings>,
  calendars: ReadonlyArray<CalendarReport>,
): Bookings => {
  if (what === 'host') return together(live.filter(({ hostId }) => hostId === id));
  if (what === 'event-type') return together(live.filter(({ eventTypeId }) => String(eventTypeId) === id));
  return calendars.find(({ calendarId }) => what === 'calendar' && calendarId === id)?.held ?? { count: 0, uids: [] };
};

type WordDeps = {
  readonly readModel: Pick<CalendarHealthReader, 'liveBookings' | 'calendarHealth'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: Report;
};

/** Each change in words, with the live bookings that it is about. */
export const changesInWords = async (
  { readModel, clock, report }: WordDeps,
  changes: ReadonlyArray<ConfigurationChange>,
): Promise<ReadonlyArray<string>> => {
  const [live, calendars] = await Promise.all([
    readModel.liveBookings(clock.now())(),
    readModel.calendarHealth(clock.now(), null)(),
  ]);
  for (const read of [live, calendars])
    if (E.isLeft(read))
      report({ where: 'configuration', reason: `not compared with live bookings: ${read.left.reason}` });
  return changes.map((change) => {
    const concerned = concernedBy(
      change,
      E.isRight(live) ? live.right : [],
      E.isRight(calendars) ? calendars.right : [],
    );
    const line = describeChange(change);
    return concerned.count === 0
      ? line
      : `${line}; ${bookingsInWords(concerned)} ${concerned.count === 1 ? 'goes on as it was' : 'go on as they were'} made`;
  });
};

/**
 * Once the read model has reached the end of the log: reports each host, event type and calendar that live bookings
 * need and that is not configured any more; then tries again what failed at calendars that may have been repaired.
 * Begun after listening; nothing waits for it.
 */
export const reconcileAtStart = async (
  deps: Deps,
  configured: Configured,
  /** What else is set otherwise than before the start, once that is known. */
  changedSince: Promise<ReadonlyArray<ConfigurationChange>>,
): Promise<void> => {
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
  for (const line of await changesInWords(deps, await changedSince)) report({ where: 'configuration', reason: line });
  await triedAgain(deps, startedAt);
};
