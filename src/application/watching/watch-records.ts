import * as E from 'fp-ts/lib/Either.js';
import { leasedUntil, leaseElsewhere } from '../../domain/booking/lease.ts';
import type { WatchPolicy } from '../../domain/booking/watch-commands.ts';
import type { Answer } from './calendar-round.ts';
import type { WatchDeps } from './calendar-watching.ts';

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

type CalendarCommand = Parameters<WatchDeps['buses']['calendars']['execute']>[1];

/** What watching writes to the log, and reads of it. Each answers whether it is written; what is not is reported. */
export type WatchRecords = {
  readonly record: (calendarId: string, answer: Answer, policy: WatchPolicy, isAsked: boolean) => Promise<boolean>;
  readonly onCalendar: (calendarId: string, command: CalendarCommand) => Promise<boolean>;
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

  return { record, onCalendar, standing };
};
