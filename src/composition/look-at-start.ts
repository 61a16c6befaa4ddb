import * as E from 'fp-ts/lib/Either.js';
import type { Configured } from '../application/calendars/left-over.ts';
import { describeLeftOver, findLeftOvers } from '../application/calendars/left-over.ts';
import type { CalendarHealthReader } from '../application/ports/calendar-health.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Report } from '../application/saga/saga-deps.ts';
import type { Projections } from '../adapters/read-model/start-projections.ts';

/** Milliseconds that the read model gets to come up with the log; one that is being built anew may take minutes. */
const CATCH_UP_MS = 600_000;

type Deps = {
  readonly store: Pick<EventStore, 'head'>;
  readonly readModel: CalendarHealthReader & Pick<Projections, 'waitFor'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: Report;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
};

/**
 * Once the read model has got to where the log ended: names in the log each host, event type and calendar that the
 * configuration has no more and live bookings need. Begun after listening; nothing waits for it.
 */
export const reportLeftOvers = async (
  { store, readModel, clock, report, signal }: Deps,
  configured: Configured,
): Promise<void> => {
  const where = 'configuration';
  const head = await store.head()();
  if (E.isLeft(head)) return report({ where, reason: `not compared with live bookings: ${head.left.type}` });
  if (!(await readModel.waitFor(head.right, CATCH_UP_MS, signal))) {
    if (!signal.aborted) report({ where, reason: 'not compared with live bookings: the read model is behind' });
    return;
  }
  const found = await findLeftOvers(readModel, configured)(clock.now())();
  if (E.isLeft(found)) return report({ where, reason: `not compared with live bookings: ${found.left.reason}` });
  for (const leftOver of found.right) report({ where, reason: describeLeftOver(leftOver) });
};
