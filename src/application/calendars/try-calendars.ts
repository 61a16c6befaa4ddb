import * as E from 'fp-ts/lib/Either.js';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import type { KnownOutage } from '../../domain/calendar/calendar-state.ts';
import { toInstant } from '../../domain/time/time.ts';
import { eachOf } from '../loop-queue.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { NodePreference } from '../consumers/node-preference.ts';
import type { Calendar, TriedCalendar } from '../ports/calendar.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Report } from '../saga/effect-context.ts';

/** Calendars that are tried at the same time. */
const AT_ONCE = 16;
/** Milliseconds until a calendar is tried again that could not be read: its end is told soon. */
const FAILING_AGAIN_MS = 60_000;
/**
 * An outage is written from the second failure in a row on, and when they lie so many milliseconds apart: one request that
 * fails, or ten at once, are nothing to tell, and a calendar that comes and goes does not fill the log.
 */
const FAILURES_OF_AN_OUTAGE = 2;
const OUTAGE_BEGINS_MS = 30_000;
/** Milliseconds between two rounds of tries, at least. */
const SHORTEST_WAIT_MS = 1_000;
/** Milliseconds from now that are read for a try: the answer is small, and the way to it is the same. */
const WINDOW_MS = 3_600_000;

type Deps = {
  /** Those that are tried; asked at each look, since a reload may change them. */
  readonly calendars: () => ReadonlyMap<string, Calendar>;
  readonly buses: Pick<BookingBuses, 'calendars'>;
  readonly clock: Clock;
  readonly identity: Pick<Identity, 'newCommandId' | 'jitter'>;
  readonly report: Report;
  /** For how long other nodes go first for a calendar. */
  readonly standByMs: NodePreference['standByMs'];
  readonly everyMs: number;
  readonly alertAfterMs: number;
  /** A calendar can be read again: what waited for that may go on. */
  readonly onBack: (calendarId: string) => void;
};

export type CalendarTries = {
  /** What came of a look that somebody else made at a calendar: it saves a try. Returns at once. */
  readonly noted: (calendarId: string, failure: CalendarFailure | null, tookMs: number) => void;
  /** Tries these now, or all; resolves when what came is in the log. */
  readonly tryNow: (calendarIds?: ReadonlyArray<string>) => Promise<void>;
  readonly of: (calendarId: string) => TriedCalendar | null;
  /** Calendars that could not be read at the last two tries, or longer, by id. */
  readonly unreadable: () => ReadonlyMap<string, TriedCalendar & { readonly since: string }>;
  /** Resolves when nothing is being written. */
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** `sameSince`: epoch ms of the first of the outcomes that were all alike. `settled`: the log has been told of it. */
type Watched = {
  last: TriedCalendar['last'];
  inRow: number;
  sameSince: number;
  outage: KnownOutage | null;
  settled: boolean;
  dueMs: number;
  writing: Promise<void>;
};

/**
 * Tries each calendar at the start and then regularly, beside everything else. What the log is told is the beginning of an
 * outage, that it lasts, and its end: not each try. Of several nodes one writes: another does so only when it has seen
 * the same for two rounds and the log has not.
 */
export const startCalendarTries = (deps: Deps): CalendarTries => {
  const { buses, clock, identity, report, everyMs } = deps;
  const watched = new Map<string, Watched>();
  const stopping = new AbortController();
  const { signal } = stopping;

  const tell = async (calendarId: string, one: Watched): Promise<void> => {
    const context = {
      commandId: identity.newCommandId(),
      actor: { kind: 'system' },
      correlationId: calendarId,
      causationId: null,
    } as const;
    const { failure } = one.last;
    const note = { type: 'NoteTry', now: clock.now(), since: one.sameSince, alertAfterMs: deps.alertAfterMs } as const;
    const noted = await buses.calendars.execute(calendarId, { ...note, failure }, context)();
    if (E.isLeft(noted)) return report({ where: `calendar ${calendarId}`, reason: `not noted: ${noted.left.type}` });
    one.outage = noted.right.state.outage;
    one.settled = failure === null && one.outage === null;
    if (noted.right.events.some(({ type }) => type === 'CalendarReadableAgain')) deps.onBack(calendarId);
  };

  const isForUs = (calendarId: string, one: Watched): boolean => {
    const ownMs = deps.standByMs(calendarId) === 0 ? 0 : 2 * everyMs;
    return clock.now() - one.sameSince >= ownMs;
  };

  const beginsMs = Math.min(everyMs / 2, OUTAGE_BEGINS_MS);
  const isOutage = ({ inRow, sameSince, outage }: Watched, now: number): boolean =>
    outage !== null || (inRow >= FAILURES_OF_AN_OUTAGE && now - sameSince >= beginsMs);

  const noted: CalendarTries['noted'] = (calendarId, failure, tookMs) => {
    if (signal.aborted || !deps.calendars().has(calendarId)) return;
    const now = clock.now();
    const before = watched.get(calendarId);
    const last = { at: toInstant(now), tookMs, failure };
    const isSame = before !== undefined && (before.last.failure === null) === (failure === null);
    const again = failure === null ? everyMs : Math.min(everyMs, FAILING_AGAIN_MS);
    const one: Watched = {
      last,
      inRow: isSame ? before.inRow + 1 : 1,
      sameSince: isSame ? before.sameSince : now,
      outage: before?.outage ?? null,
      settled: isSame && before.settled,
      // Spread, so that calendars of one server are not all asked at once.
      dueMs: now + again * (0.9 + 0.2 * identity.jitter()),
      writing: before?.writing ?? Promise.resolve(),
    };
    watched.set(calendarId, one);
    const isToTell = failure === null ? !one.settled : isOutage(one, now);
    if (!isToTell || !isForUs(calendarId, one)) return;
    one.writing = one.writing
      .then(() => tell(calendarId, one))
      .catch((fault: unknown) => report({ where: `calendar ${calendarId}`, reason: String(fault) }));
  };

  const tryOne = async (calendarId: string): Promise<void> => {
    const calendar = deps.calendars().get(calendarId);
    if (calendar === undefined || signal.aborted) return;
    const begun = clock.elapsed();
    const window = { start: clock.now(), end: clock.now() + WINDOW_MS };
    const read = await calendar.busy(window, [], signal)();
    noted(calendarId, E.isLeft(read) ? read.left : null, clock.elapsed() - begun);
  };

  const tryAll = async (calendarIds: ReadonlyArray<string>): Promise<void> => {
    await eachOf(calendarIds, AT_ONCE, tryOne);
    await Promise.all(calendarIds.map((id) => watched.get(id)?.writing ?? Promise.resolve()));
  };

  const dueOf = (calendarId: string): number => watched.get(calendarId)?.dueMs ?? 0;

  let cancel = (): void => undefined;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const id of watched.keys()) if (!deps.calendars().has(id)) watched.delete(id);
    const now = clock.now();
    await tryAll([...deps.calendars().keys()].filter((id) => dueOf(id) <= now));
    schedule();
  };
  const schedule = (): void => {
    cancel();
    const dues = [...deps.calendars().keys()].map(dueOf);
    if (signal.aborted || dues.length === 0) return;
    cancel = clock.at(Math.max(Math.min(...dues), clock.now() + SHORTEST_WAIT_MS), begin);
  };
  const begin = (): void => {
    looking = look().catch((fault: unknown) => report({ where: 'trying calendars', reason: String(fault) }));
  };
  begin();

  const idle = async (): Promise<void> => {
    await looking;
    await Promise.all([...watched.values()].map(({ writing }) => writing));
  };

  return {
    noted,
    tryNow: async (calendarIds) => {
      await tryAll(calendarIds ?? [...deps.calendars().keys()]);
      schedule();
    },
    of: (calendarId) => {
      const one = watched.get(calendarId);
      return one === undefined ? null : { last: one.last, outage: one.outage };
    },
    unreadable: () =>
      new Map(
        [...watched].flatMap(([id, one]) =>
          one.last.failure !== null && isOutage(one, clock.now())
            ? [
                [
                  id,
                  { last: one.last, outage: one.outage, since: one.outage?.since ?? toInstant(one.sameSince) },
                ] as const,
              ]
            : [],
        ),
      ),
    idle,
    stop: async () => {
      stopping.abort();
      cancel();
      await idle();
    },
  };
};
