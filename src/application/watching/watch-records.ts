import * as E from 'fp-ts/lib/Either.js';
import { leasedUntil, leaseElsewhere } from '../../domain/booking/lease.ts';
import { differenceOf } from '../../domain/booking/booking-status.ts';
import { lookBasisOf } from '../../domain/booking/decide-watch.ts';
import { type Interval, intervalOf } from '../../domain/time/time.ts';
import type { WatchPolicy } from '../../domain/booking/watch-commands.ts';
import type { Answer } from './calendar-round.ts';
import type { BusySeen, WatchDeps } from './calendar-watching.ts';

/** The right to watch a calendar, where several nodes share the log. */
const WATCH_EFFECT = 'watch';
/** A lease lasts so many rounds: it is renewed at half of them, and a dead node's calendars are taken over after as many. */
const LEASE_ROUNDS = 3;
/** Of a command that watching gives, about a booking or a calendar. */
const watchContext = ({ identity }: Pick<WatchDeps, 'identity'>, id: string) =>
  ({
    commandId: identity.newCommandId(),
    actor: { kind: 'system' },
    correlationId: id,
    causationId: null,
  }) as const;

/** Whether all of `wanted` is busy, by several intervals together where need be. */
const isCovered = ({ busy }: BusySeen, wanted: Interval): boolean => {
  let from = wanted.start;
  for (const { start, end } of busy.toSorted((a, b) => a.start - b.start))
    if (start <= from) from = Math.max(from, end);
  return from >= wanted.end;
};

type CalendarCommand = Parameters<WatchDeps['buses']['calendars']['execute']>[1];

/** What watching writes to the log, and reads of it. Each answers whether it is written; what is not is reported. */
export type WatchRecords = {
  readonly record: (calendarId: string, answer: Answer, policy: WatchPolicy, isAsked: boolean) => Promise<boolean>;
  readonly onCalendar: (calendarId: string, command: CalendarCommand) => Promise<boolean>;
  /** What a reading shows is kept until the calendar's next round. */
  readonly noteBusy: (calendarId: string, seen: BusySeen) => void;
  /**
   * Tells the node that watches the calendar, where this one was told of a change, or its last reading of busy times does not
   * show a booking, and did not before. True: written, or nothing to write.
   */
  readonly handOn: (calendarId: string, isTold: boolean) => Promise<boolean>;
  /** Whether this node is the one that watches the calendar now, and whether somebody has to decide first. */
  readonly standing: (calendarId: string) => Promise<'ours' | 'elsewhere' | 'stopped'>;
};

export const makeWatchRecords = (deps: WatchDeps): WatchRecords => {
  const { clock, buses, report, everyMs } = deps;

  const record: WatchRecords['record'] = async (calendarId, { uid, seen, basis }, policy, isAsked) => {
    const command = { type: 'RecordLook', calendarId, seen, basis, policy, isAsked, now: clock.now() } as const;
    const written = await buses.bookings.execute(uid, command, watchContext(deps, uid))();
    if (E.isLeft(written)) report({ where: `watching ${calendarId}`, reason: written.left.type });
    return E.isRight(written);
  };

  const onCalendar: WatchRecords['onCalendar'] = async (calendarId, command) => {
    const written = await buses.calendars.execute(calendarId, command, watchContext(deps, calendarId))();
    if (E.isLeft(written) && written.left.type !== 'Refused')
      report({ where: `watching ${calendarId}`, reason: written.left.type });
    return E.isRight(written);
  };

  const standing: WatchRecords['standing'] = async (calendarId) => {
    const loaded = await buses.calendars.load(calendarId)();
    if (E.isLeft(loaded)) return 'elsewhere';
    const { state } = loaded.right;
    if (state.watchStopped !== undefined) return 'stopped';
    if (deps.leasing === null) return 'ours';
    const { node } = deps.leasing;
    const now = clock.now();
    if (leaseElsewhere(state, WATCH_EFFECT, node, now) !== null) return 'elsewhere';
    const lastsMs = LEASE_ROUNDS * everyMs;
    if (leasedUntil(state, WATCH_EFFECT, node, now) - now > lastsMs / 2) return 'ours';
    const lease = { node, until: now + lastsMs };
    return (await onCalendar(calendarId, { type: 'LeaseEffect', effect: WATCH_EFFECT, lease, now }))
      ? 'ours'
      : 'elsewhere';
  };

  const lastBusy = new Map<string, BusySeen>();
  /** Bookings that a reading did not show and that were told of: a calendar may show an event as free for ever. */
  const told = new Map<string, ReadonlySet<string>>();

  const notShown = async (calendarId: string): Promise<ReadonlySet<string>> => {
    const seen = lastBusy.get(calendarId);
    lastBusy.delete(calendarId);
    const uids = seen === undefined ? E.right([]) : await deps.reader.watchedBookings(calendarId, clock.now())();
    const lacking = new Set<string>();
    for (const uid of seen === undefined || E.isLeft(uids) ? [] : uids.right) {
      const loaded = await buses.bookings.load(uid)();
      if (E.isLeft(loaded) || loaded.right.state.phase === 'none' || seen?.except.has(uid) !== false) continue;
      const booking = loaded.right.state;
      const sync = booking.calendars.find((one) => one.calendarId === calendarId);
      const span = intervalOf(booking.request);
      const isInside = seen.window.start <= span.start && span.end <= seen.window.end;
      const isKnown = sync === undefined || differenceOf(sync) !== null;
      if (isInside && !isKnown && lookBasisOf(booking, calendarId, clock.now()) !== null && !isCovered(seen, span))
        lacking.add(uid);
    }
    return lacking;
  };

  const handOn: WatchRecords['handOn'] = async (calendarId, isTold) => {
    const lacking = await notShown(calendarId);
    const isNews = [...lacking].some((uid) => told.get(calendarId)?.has(uid) !== true);
    if (!isTold && !isNews) return true;
    const node = deps.leasing?.node ?? '';
    const isWritten = await onCalendar(calendarId, { type: 'HintWatch', node, now: clock.now() });
    if (isWritten && isNews) told.set(calendarId, lacking);
    return isWritten;
  };

  return { record, onCalendar, standing, handOn, noteBusy: (calendarId, seen) => void lastBusy.set(calendarId, seen) };
};
