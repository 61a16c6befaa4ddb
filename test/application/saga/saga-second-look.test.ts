import { beforeEach, describe, expect, it } from 'vitest';
import { NEXT_START_MS } from '../../../src/application/saga/saga-consumer.ts';
import { sagaSecondLook } from '../../../src/application/saga/saga-second-look.ts';
import { command, epochMs } from '../../../src/testing/index.ts';
import { bookingRequested, bootBuses, commanded, recorded, typesIn } from '../process.helper.ts';
import type { Process, World } from './running.helper.ts';
import { boot, makeWorld, operations } from './running.helper.ts';

const GRACE_MS = 120_000;
const stream = 'booking-one';

let world: World;
let here: Process;
beforeEach(async () => {
  world = makeWorld();
  here = boot(world, { node: 'a' });
  await bookingRequested(bootBuses(world.store), 'one');
});

const group = () => sagaSecondLook({ runner: here.runner, clock: world.clock, graceMs: GRACE_MS });

/** The verdict on the newest event of a type. */
const look = async (type: string) => {
  const event = (await recorded(world.store, stream)).findLast((one) => one.type === type);
  if (event === undefined) throw new Error(`no ${type} in the stream`);
  return group().handle({ event, attempt: 1 });
};

/** Looks again as often as it is put off, up to an end. */
const looksUntilDone = async (type: string): Promise<void> => {
  for (let looks = 0; looks < 20; looks += 1) {
    const verdict = await look(type);
    if (verdict.type === 'ack') return;
    if (verdict.type !== 'defer') throw new Error(JSON.stringify(verdict));
    world.clock.advance(verdict.afterMs);
  }
  throw new Error('it came to no end');
};

describe('the second look of the saga', () => {
  it('gives the saga its time first', async () => {
    world.clock.advance(1_000);
    expect(await look('BookingRequested')).toEqual({ type: 'defer', afterMs: GRACE_MS - 1_000 });
    expect(operations(world.work)).toEqual([]);
  });

  it('given the message of a request was lost, then the booking is carried to its end', async () => {
    await looksUntilDone('BookingRequested');
    expect(await typesIn(world.store, stream)).toContain('CalendarEventConfirmed');
    expect(operations(world.work)).toEqual(['create', 'change']);
  });

  it('given the message of a cancellation was lost, then the calendar is cleared all the same', async () => {
    await here.rest('one');
    await commanded(here.buses, 'one', command.cancel());
    world.clock.advance(GRACE_MS);
    await looksUntilDone('BookingCancelled');
    expect(world.work.events()).toEqual([]);
  });

  it('given the messages of all retries were lost, then each is made all the same', async () => {
    const refusal = { type: 'refuse', kind: 'network' } as const;
    world.work.plan('create', refusal, refusal);
    await here.rest('one');
    await looksUntilDone('BookingRequested');
    expect(operations(world.work)).toEqual(['create', 'create', 'create', 'change']);
    expect(await typesIn(world.store, stream)).toContain('CalendarEventConfirmed');
  });

  it('given all was done, then it is content, and nothing is written', async () => {
    await here.rest('one');
    const before = await typesIn(world.store, stream);
    world.clock.advance(GRACE_MS);
    expect(await look('BookingRequested')).toEqual({ type: 'ack' });
    expect(await look('BookingAccepted')).toEqual({ type: 'ack' });
    expect(await typesIn(world.store, stream)).toEqual(before);
  });

  it('given the node stops, then it is for the next start', async () => {
    world.clock.advance(GRACE_MS);
    await here.runner.stop(0);
    expect(await look('BookingRequested')).toEqual({ type: 'defer', afterMs: NEXT_START_MS });
  });

  it('takes what turns a booking, and starts now', async () => {
    await here.rest('one');
    const taken = (await recorded(world.store, stream)).filter(group().accepts).map(({ type }) => type);
    expect(taken).toEqual(['BookingRequested', 'CalendarSyncStarted', 'BookingAccepted']);
    expect(group().startAt).toBe('now');
    expect(world.clock.now()).toBe(epochMs('10:00'));
  });
});
