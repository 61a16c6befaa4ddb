import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { makeConsumerGroups } from '../../../src/application/consumers/consumer-groups.ts';
import { makeMemoryConsumerState } from '../../support/memory-consumer-state.ts';
import type { Delivery, RunningConsumer } from '../../../src/application/ports/consumer-groups.ts';
import { sagaConsumer } from '../../../src/application/saga/saga-consumer.ts';
import { singleNode } from '../../../src/application/consumers/node-preference.ts';
import { makeInHand, makeLoopQueue } from '../../../src/application/loop-queue.ts';
import { mustRun } from '../../support/must.ts';
import { bookingRequested, bootBuses, typesIn } from '../process.helper.ts';
import type { Process, World } from './running.helper.ts';
import { boot, makeWorld, operations } from './running.helper.ts';

let world: World;
let running: ReadonlyArray<RunningConsumer>;
beforeEach(() => {
  world = makeWorld();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((consumer) => consumer.stop()));
});

const consume = (process: Process, state = makeMemoryConsumerState()) => {
  const groups = makeConsumerGroups({
    store: world.store,
    state,
    clock: world.clock,
    random: () => 0.5,
    onProblem: () => undefined,
  });
  const consumer = groups.start(sagaConsumer(process.runner, world.clock));
  running = [...running, consumer];
  return { groups, consumer };
};

const last = async (uid: string): Promise<string | undefined> => (await typesIn(world.store, `booking-${uid}`)).at(-1);

/** Turns the clock on, step by step, until the booking's stream ends with such an event. */
const turnUntil = (uid: string, type: string, stepMs = 1_000): Promise<void> =>
  expect
    .poll(
      async () => {
        world.clock.advance(stepMs);
        return last(uid);
      },
      { interval: 2, timeout: 10_000 },
    )
    .toBe(type);

describe('the saga as a consumer', () => {
  it('drives bookings from the log, those before its start and those after', async () => {
    const process = boot(world);
    await bookingRequested(process.buses, 'one');
    consume(process);
    await bookingRequested(bootBuses(world.store), 'two');
    await expect.poll(() => last('one')).toBe('CalendarEventConfirmed');
    await expect.poll(() => last('two')).toBe('CalendarEventConfirmed');
  });

  it('given requests in hand, then what is left of decided bookings gives way, and decisions do not', async () => {
    const process = boot(world);
    const { during, some } = makeInHand();
    const answer = Promise.withResolvers<void>();
    const answering = during(() => answer.promise);
    const { handle } = sagaConsumer(process.runner, world.clock, singleNode, makeLoopQueue(some));
    await bookingRequested(process.buses, 'one');
    const hint = async (): Promise<Delivery> => {
      const event = (await mustRun(world.store.readStream('booking-one'))).at(-1);
      if (event === undefined) throw new Error('the booking has no event');
      return { event, attempt: 1 };
    };
    expect(process.runner.isDecided('one')).toBe(false);
    await handle(await hint());
    await expect.poll(() => process.runner.isDecided('one')).toBe(true);
    let isOver = false;
    const rest = hint()
      .then(handle)
      .then(() => (isOver = true));
    for (let turns = 0; turns < 50; turns += 1) await nextTurn();
    expect(isOver).toBe(false);
    answer.resolve();
    await Promise.all([answering, rest]);
  });

  it('keeps its timers over a restart, with and without its own state', async () => {
    world.work.always('create', { type: 'refuse', kind: 'network' });
    const state = makeMemoryConsumerState();
    const first = boot(world);
    await bookingRequested(first.buses, 'one');
    const { consumer } = consume(first, state);
    await expect.poll(() => last('one')).toBe('BookingLeftPending');
    await consumer.stop();
    world.work.always('create', { type: 'accept' });
    for (const kept of [state, makeMemoryConsumerState()]) consume(boot(world), kept);
    await turnUntil('one', 'CalendarEventConfirmed');
    expect(world.work.events()).toHaveLength(1);
  });

  it('expires a booking that nobody touches any more', async () => {
    world.work.always('create', { type: 'refuse', kind: 'auth-revoked' });
    const process = boot(world);
    await bookingRequested(process.buses, 'one');
    consume(process);
    await expect.poll(() => last('one')).toBe('BookingLeftPending');
    await turnUntil('one', 'BookingExpired', 10 * 60_000);
    expect(operations(world.work)).toEqual(['create']);
  });

  it('an adapter that throws is reported and parked alone; the others go on', async () => {
    const throwing = () => {
      throw new Error('a fault of ours');
    };
    const calendars = new Map([
      ['work', { ...world.work.calendar, create: throwing, find: throwing }],
      ['home', world.home.calendar],
    ]);
    const process = boot(world, { calendars });
    await bookingRequested(process.buses, 'bad');
    const { groups } = consume(process);
    await bookingRequested(bootBuses(world.store), 'good', { calendars: ['home'] });
    await expect.poll(() => last('good')).toBe('CalendarEventConfirmed');
    await expect
      .poll(
        async () => {
          world.clock.advance(60_000);
          return (await mustRun(groups.parked('saga'))).map(({ stream }) => stream);
        },
        { interval: 2, timeout: 10_000 },
      )
      .toEqual(['booking-bad']);
    expect(process.problems.length).toBeLessThanOrEqual(40);
    expect(process.problems[0]).toMatchObject({
      where: 'saga WriteCalendar of bad',
      reason: expect.stringContaining('a fault of ours'),
    });
  });
});
