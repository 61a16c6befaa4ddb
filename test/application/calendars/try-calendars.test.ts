import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { startCalendarTries } from '../../../src/application/calendars/try-calendars.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';
import { mustRun } from '../../support/must.ts';
import { type ScriptedCalendar, scriptedCalendar } from '../../support/scripted-calendar.ts';

const MINUTE = 60_000;
const refuses = (kind: 'network' | 'auth-revoked') => ({ type: 'refuse', kind }) as const;

/** One log, one clock, and processes that try the calendars in it. */
const given = (...ids: ReadonlyArray<string>) => {
  const clock = makeTestClock(epochMs('10:00:00'));
  const store = makeMemoryEventStore();
  const all = new Map(ids.map((id): [string, ScriptedCalendar] => [id, scriptedCalendar({ calendarId: id })]));
  const problems: string[] = [];
  const process = ({ standByMs = 0, tried = ids }: { standByMs?: number; tried?: ReadonlyArray<string> } = {}) => {
    const back: string[] = [];
    const connected = new Map([...all].map(([id, { calendar }]) => [id, calendar]));
    let known = tried;
    const tries = startCalendarTries({
      calendars: () => new Map([...connected].filter(([id]) => known.includes(id))),
      buses: makeBookingBuses({ store, identity: systemIdentity, sharedLog: true }),
      clock,
      identity: { ...systemIdentity, jitter: () => 0.5 },
      report: ({ reason }) => void problems.push(reason),
      standByMs: () => standByMs,
      everyMs: 5 * MINUTE,
      alertAfterMs: 10 * MINUTE,
      onBack: (id) => void back.push(id),
    });
    return { tries, back, know: (next: ReadonlyArray<string>) => void (known = next) };
  };
  return {
    clock,
    problems,
    process,
    of: (id: string) => {
      const found = all.get(id);
      if (found === undefined) throw new Error(`no calendar ${id}`);
      return found;
    },
    types: async () => (await mustRun(store.readAll(0, 100))).map(({ type }) => type),
  };
};
type World = ReturnType<typeof given>;
type Process = ReturnType<World['process']>;

/** Minutes go by, one after the other, and what is due in each is done. */
const pass = async ({ clock }: World, minutes: number, ...processes: ReadonlyArray<Process>): Promise<void> => {
  for (let minute = 0; minute < minutes; minute += 1) {
    clock.advance(MINUTE);
    for (const { tries } of processes) await tries.idle();
  }
};

describe('trying calendars', () => {
  it('given calendars, when started, then each is tried at once, and again every five minutes', async () => {
    const world = given('work', 'home');
    const process = world.process();
    await process.tries.idle();
    expect([world.of('work').asked('busy'), world.of('home').asked('busy')]).toEqual([1, 1]);
    expect(process.tries.of('work')?.last).toMatchObject({ at: '2050-09-05T10:00:00Z', failure: null });
    await pass(world, 11, process);
    expect(world.of('work').asked('busy')).toBe(3);
    expect(await world.types()).toEqual([]);
    await process.tries.stop();
  });

  it('given one that cannot be read, then it is told after ten minutes, once, and its end within a minute', async () => {
    const world = given('work', 'home');
    const process = world.process();
    await process.tries.idle();
    world.of('work').always('busy', refuses('network'));
    await pass(world, 6, process);
    expect(await world.types()).toEqual(['CalendarReadingFailed']);
    expect([...process.tries.unreadable()].map(([id, { since }]) => [id, since])).toEqual([
      ['work', '2050-09-05T10:05:00Z'],
    ]);
    await pass(world, 30, process);
    expect(await world.types()).toEqual(['CalendarReadingFailed', 'CalendarUnreadable']);
    world.of('work').always('busy', { type: 'accept' });
    await pass(world, 1, process);
    expect(await world.types()).toEqual(['CalendarReadingFailed', 'CalendarUnreadable', 'CalendarReadableAgain']);
    expect(process.back).toEqual(['work']);
    expect(process.tries.unreadable().size).toBe(0);
    await process.tries.stop();
  });

  it('given one failure between successes, then nothing is written', async () => {
    const world = given('work');
    world.of('work').plan('busy', refuses('network'));
    const process = world.process();
    await pass(world, 20, process);
    expect(await world.types()).toEqual([]);
    await process.tries.stop();
  });

  it('given a restart in an outage, then it is told once, ten minutes after it began', async () => {
    const world = given('work');
    world.of('work').always('busy', refuses('network'));
    const first = world.process();
    await pass(world, 5, first);
    await first.tries.stop();
    const second = world.process();
    await pass(world, 20, second);
    expect(await world.types()).toEqual(['CalendarReadingFailed', 'CalendarUnreadable']);
    await second.tries.stop();
  });

  it('given three nodes on one log, then one writes, and all of it is written once', async () => {
    const world = given('work');
    world.of('work').always('busy', refuses('auth-revoked'));
    const nodes = [world.process(), world.process({ standByMs: 3_000 }), world.process({ standByMs: 6_000 })];
    await pass(world, 30, ...nodes);
    world.of('work').always('busy', { type: 'accept' });
    await pass(world, 15, ...nodes);
    expect(await world.types()).toEqual([
      'CalendarReadingFailed',
      'CalendarCredentialRefused',
      'CalendarReadableAgain',
    ]);
    for (const { tries } of nodes) await tries.stop();
  });

  it('given that the node that goes first is gone, then another writes after two rounds', async () => {
    const world = given('work');
    world.of('work').always('busy', refuses('network'));
    const node = world.process({ standByMs: 3_000 });
    await pass(world, 9, node);
    expect(await world.types()).toEqual([]);
    await pass(world, 3, node);
    expect(await world.types()).toEqual(['CalendarReadingFailed', 'CalendarUnreadable']);
    await node.tries.stop();
  });

  it('given looks of requests, then they count: a success saves a try, ten failures at once are no outage', async () => {
    const world = given('work');
    const process = world.process();
    await process.tries.idle();
    world.clock.advance(4 * MINUTE);
    process.tries.noted('work', null, 3);
    await pass(world, 2, process);
    expect(world.of('work').asked('busy')).toBe(1);
    for (let count = 0; count < 10; count += 1) process.tries.noted('work', { kind: 'network', message: 'gone' }, 3);
    await process.tries.idle();
    expect(process.tries.unreadable().size).toBe(0);
    expect(await world.types()).toEqual([]);
    await process.tries.stop();
  });

  it('given a calendar that a reload brings, then it is tried when asked for, and regularly from then on', async () => {
    const world = given('work');
    const process = world.process({ tried: [] });
    await pass(world, 10, process);
    expect(world.of('work').asked('busy')).toBe(0);
    process.know(['work']);
    await process.tries.tryNow(['work']);
    await pass(world, 6, process);
    expect(world.of('work').asked('busy')).toBe(2);
    expect(world.problems).toEqual([]);
    await process.tries.stop();
  });
});
