import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { TimerReader } from '../../../src/application/ports/read-models.ts';
import { startTimers } from '../../../src/application/timers/fire-timers.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { nextTimerAt } from '../../../src/domain/booking/timers.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import { decodeBookingEvent } from '../../../src/domain/log/decode.ts';
import { type BookingEvent } from '../../../src/domain/booking/events.ts';
import { accepted, command, epochMs, requestData } from '../../../src/testing/index.ts';
import { type TestClock, makeTestClock } from '../../support/clock.ts';
import { mustRun } from '../../support/must.ts';

const context = { commandId: 'c', actor: { kind: 'system' }, correlationId: 'c', causationId: null } as const;

const eventsOf = async (store: EventStore, uid: string): Promise<ReadonlyArray<BookingEvent>> =>
  (await mustRun(store.readStream(`booking-${uid}`))).flatMap((stored) => {
    const decoded = decodeBookingEvent(stored);
    return E.isRight(decoded) ? [decoded.right] : [];
  });

/** Stands in for the read model: what each booking's own stream says, asked anew each time. `asked`: how often, and for how many. */
const foldedReader = (store: EventStore, uids: ReadonlyArray<string>) => {
  const asked: number[] = [];
  const reader: TimerReader = {
    firstTimers: (take) => async () => {
      asked.push(take);
      const rows = await Promise.all(
        uids.map(async (uid) => ({ uid, dueMs: nextTimerAt(foldBooking(await eventsOf(store, uid))) })),
      );
      return E.right(
        rows
          .flatMap(({ uid, dueMs }) => (dueMs === null ? [] : [{ uid, dueMs }]))
          .toSorted((a, b) => a.dueMs - b.dueMs)
          .slice(0, take),
      );
    },
    position: () => 0,
    waitFor: (_position, _ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve(false);
        // What was just written is shown at once; news come by nobody here.
        else if (_ms <= 5_000) resolve(true);
        else signal.addEventListener('abort', () => resolve(false));
      }),
  };
  return { reader, asked };
};

type Options = { readonly standByMs?: number; readonly failing?: () => boolean };

const given = async (uids: ReadonlyArray<string> = ['one']) => {
  const store = makeMemoryEventStore();
  const clock: TestClock = makeTestClock(epochMs('10:00'));
  const problems: string[] = [];
  const busesOf = () => makeBookingBuses({ store, identity: systemIdentity, sharedLog: true });
  const first = busesOf();
  for (const uid of uids) {
    const request = requestData({ calendars: [], remindersInMinutes: [60] });
    const asked = { type: 'RequestBooking', now: clock.now(), request } as const;
    await mustRun(first.bookings.execute(uid, asked, { ...context, commandId: `r-${uid}` }));
    await mustRun(first.bookings.execute(uid, command.accept(), { ...context, commandId: `a-${uid}` }));
  }
  const { reader, asked } = foldedReader(store, uids);
  const node = ({ standByMs = 0, failing = () => false }: Options = {}) => {
    const { bookings } = busesOf();
    const execute: typeof bookings.execute = (...args) =>
      failing() ? TE.left({ type: 'Unavailable', reason: 'away' }) : bookings.execute(...args);
    const timers = startTimers({
      reader,
      buses: { bookings: { ...bookings, execute } },
      clock,
      identity: systemIdentity,
      standByMs: () => standByMs,
      report: ({ reason }) => void problems.push(reason),
    });
    onTestFinished(timers.stop);
    return timers;
  };
  const typesOf = async (uid = 'one') => (await eventsOf(store, uid)).map(({ type }) => type).slice(2);
  return { clock, node, asked, problems, typesOf, accepted };
};

describe('firing timers', () => {
  it('brings what is due, once, however often is looked', async () => {
    const { clock, node, typesOf } = await given();
    const timers = node();
    expect(await timers.look()).toBe(0);
    clock.leapTo(epochMs('13:00'));
    expect(await timers.look()).toBeLessThanOrEqual(1);
    await timers.look();
    expect(await typesOf()).toEqual(['ReminderFellDue']);
    clock.leapTo(epochMs('14:30'));
    await timers.look();
    expect(await typesOf()).toEqual(['ReminderFellDue', 'MeetingStarted', 'MeetingEnded']);
  });

  it('of two nodes that look at once, one writes it', async () => {
    const { clock, node, typesOf } = await given();
    const [a, b] = [node(), node()];
    clock.leapTo(epochMs('14:00'));
    await Promise.all([a.look(), b.look()]);
    expect(await typesOf()).toEqual(['MeetingStarted']);
  });

  it('a node that comes second for a booking leaves it to the first for a while', async () => {
    const { clock, node, typesOf } = await given();
    const second = node({ standByMs: 30_000 });
    clock.leapTo(epochMs('13:00:29'));
    expect(await second.look()).toBe(0);
    expect(await typesOf()).toEqual([]);
    clock.leapTo(epochMs('13:00:30'));
    await second.look();
    expect(await typesOf()).toEqual(['ReminderFellDue']);
  });

  it('what could not be written is told once a look, and tried again', async () => {
    const uids = ['one', 'two', 'three'];
    const { clock, node, problems, typesOf } = await given(uids);
    let isAway = true;
    const timers = node({ failing: () => isAway });
    await timers.look();
    clock.leapTo(epochMs('13:00'));
    expect(await timers.look()).toBe(0);
    expect(new Set(problems)).toEqual(new Set(['Unavailable']));
    expect(problems.length).toBeLessThanOrEqual(2);
    isAway = false;
    await timers.look();
    for (const uid of uids) expect(await typesOf(uid)).toEqual(['ReminderFellDue']);
  });

  it('a start after any time away brings what was missed, without a word from before', async () => {
    const { clock, node, typesOf } = await given();
    clock.leapTo(epochMs('20:00'));
    await node().look();
    expect(await typesOf()).toEqual(['MeetingStarted', 'MeetingEnded']);
  });

  it('more than can be looked at in one go is due: all of it is brought', async () => {
    const uids = Array.from({ length: 300 }, (_, n) => `uid${n}`);
    const { clock, node, asked, typesOf } = await given(uids);
    clock.leapTo(epochMs('14:00'));
    const timers = node();
    for (let fired = await timers.look(); fired > 0;) fired = await timers.look();
    for (const uid of uids) expect(await typesOf(uid)).toEqual(['MeetingStarted']);
    expect(Math.max(...asked)).toBe(256);
  });
});
