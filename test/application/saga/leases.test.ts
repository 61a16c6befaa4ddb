import { beforeEach, describe, expect, it } from 'vitest';
import { CHECK_ON_OTHERS_MS } from '../../../src/application/saga/saga-runner.ts';
import { record } from '../../../src/application/commands/record.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { GENESIS_HASH } from '../../../src/domain/log/hash-chain.ts';
import { command, epochMs, slotHeld } from '../../../src/testing/index.ts';
import { mustRun } from '../../support/must.ts';
import {
  bookingRequested,
  bootBuses,
  commanded,
  contextOf,
  countingIdentity,
  recorded,
  typesIn,
} from '../process.helper.ts';
import type { Process, World } from './running.helper.ts';
import { asked, boot, LEASE_MS, makeWorld, operations } from './running.helper.ts';

const stream = 'booking-one';
const types = () => typesIn(world.store, stream);

let world: World;
let a: Process;
let b: Process;
beforeEach(async () => {
  world = makeWorld();
  await bookingRequested(bootBuses(world.store), 'one');
  [a, b] = [boot(world, { node: 'a' }), boot(world, { node: 'b' })];
});

/** Node a has begun to write, and the calendar does not answer it. */
const stalledOnA = async (): Promise<void> => {
  world.work.plan('create', { type: 'stall' });
  await a.runner.run('one', 0);
  await asked(world.work, 1);
};

/** Node a wrote that it begins, and died before it called. */
const diedOnA = (): Promise<void> =>
  commanded(bootBuses(world.store), 'one', {
    type: 'StartCalendarSync',
    calendarId: 'work',
    attempt: 1,
    lease: { node: 'a', until: epochMs('10:00') + LEASE_MS },
    now: epochMs('10:00'),
  });

describe('two nodes on one log', () => {
  it('given both look at once, then one of them has the lease, and the calendar is asked once', async () => {
    await Promise.all([a.rest('one'), b.rest('one')]);
    expect(operations(world.work)).toEqual(['create', 'change']);
    const all = await types();
    expect(all.slice(0, 3)).toEqual(['BookingRequested', 'EffectLeased', 'CalendarSyncStarted']);
    expect(all.filter((type) => type === 'EffectLeased')).toHaveLength(1);
    expect(all.filter((type) => type === 'BookingAccepted')).toHaveLength(1);
    expect([...a.problems, ...b.problems]).toEqual([]);
  });

  it('given a is at it, then b leaves it alone and looks again after a while', async () => {
    await stalledOnA();
    expect(await b.runner.run('one', 0)).toEqual({
      type: 'idle',
      due: epochMs('10:00') + CHECK_ON_OTHERS_MS,
      leasedBy: 'a',
      revision: 2,
    });
    expect(operations(world.work)).toEqual(['create']);
    world.work.release();
    await a.rest('one');
    expect((await b.rest('one')).type).toBe('idle');
    expect((await types()).at(-1)).toBe('CalendarEventConfirmed');
  });

  it('given a died before its call, then b takes over when its lease has ended, and not before', async () => {
    await diedOnA();
    world.clock.advance(LEASE_MS - 1);
    await b.rest('one');
    expect(operations(world.work)).toEqual([]);
    world.clock.advance(1);
    await b.rest('one');
    expect(operations(world.work)).toEqual(['find', 'create', 'change']);
    const leases = (await recorded(world.store, stream)).filter(({ type }) => type === 'EffectLeased');
    expect(leases.map(({ data }) => data.node)).toEqual(['a', 'b']);
  });

  it('given a starts again under its name, then its own lease does not keep it waiting', async () => {
    await diedOnA();
    await boot(world, { node: 'a' }).rest('one');
    expect((await types()).at(-1)).toBe('CalendarEventConfirmed');
  });

  it('given a call that lasts, then its lease is renewed and nobody takes over', async () => {
    await stalledOnA();
    for (let half = 1; half <= 4; half += 1) {
      world.clock.advance(LEASE_MS / 2);
      await expect.poll(async () => (await types()).filter((type) => type === 'EffectLeased').length).toBe(1 + half);
    }
    await b.rest('one');
    expect(operations(world.work)).toEqual(['create']);
    world.work.release();
    await a.rest('one');
    world.clock.advance(LEASE_MS);
    expect((await types()).filter((type) => type === 'EffectLeased')).toHaveLength(6);
  });

  it('given the booking is cancelled elsewhere during the write, then its removal waits for the outcome', async () => {
    await stalledOnA();
    await commanded(b.buses, 'one', command.cancel());
    await b.rest('one');
    expect(operations(world.work)).toEqual(['create']);
    world.work.release();
    await a.rest('one');
    await b.rest('one');
    expect(world.work.events()).toEqual([]);
    expect((await types()).filter((type) => type === 'CalendarRemovalSucceeded')).toHaveLength(1);
    expect(operations(world.work)).toEqual(['create', 'remove']);
  });

  it('given a slot that this node confirmed, when looked at again, then its schedule is not read', async () => {
    const reads: string[] = [];
    const readStream: EventStore['readStream'] = (name, from) => {
      reads.push(name);
      return world.store.readStream(name, from);
    };
    const held = record(countingIdentity())([slotHeld('one', '14:00', '14:30')], contextOf('held'), GENESIS_HASH);
    await mustRun(world.store.append({ stream: 'schedule-odd', expected: 'no-stream', events: held }));
    const node = boot(world, { node: 'c', store: { ...world.store, readStream } });
    await node.rest('one');
    expect(await typesIn(world.store, 'schedule-odd')).toEqual(['SlotHeld', 'SlotConfirmed']);
    reads.length = 0;
    await node.rest('one');
    expect(reads).not.toContain('schedule-odd');
  });
});
