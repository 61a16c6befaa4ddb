import { describe, expect, it, vi } from 'vitest';
import { MESSAGE_TIMEOUT_MS } from '../../../../src/adapters/eventstoredb/consumers/group-settings.ts';
import { groupOf, recording } from '../../../contract/consumer-groups/harness.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { givenNodes, patience, statusOf } from './nodes.ts';

describe('a group whose server or connection fails (EventStoreDB stand-in)', () => {
  it('given a restart of the server, then the group goes on, and what was answered for does not come again', async () => {
    const { node, append, standIn, checkpoint } = await givenNodes();
    const { start } = await node();
    const recorded = recording();
    const consumer = start(groupOf({ handle: recorded.handle }));
    const position = await append('booking-1', 'A');
    await consumer.idle();
    await vi.waitFor(async () => expect(await checkpoint('mail')).toBe(position), patience);
    await standIn.restart();
    await append('booking-1', 'B');
    await consumer.idle();
    expect(recorded.types()).toEqual(['A', 'B']);
  });

  it('given another leader, then the group goes on there', async () => {
    const { node, append, standIn } = await givenNodes({ nodes: 3 });
    const { start } = await node();
    const recorded = recording();
    const consumer = start(groupOf({ handle: recorded.handle }));
    await append('booking-1', 'A');
    await consumer.idle();
    standIn.changeLeader();
    await append('booking-1', 'B');
    await vi.waitFor(() => expect(recorded.types()).toContain('B'), patience);
    await consumer.idle();
  });

  it('given answers that get lost, then the messages come again after their time, and are settled then', async () => {
    let slept = 0;
    const { node, append } = await givenNodes({ now: () => Temporal.Now.instant().epochMilliseconds + slept });
    const impairment = { losesAcks: true, isQuiet: false };
    const { start } = await node({ impairment });
    const recorded = recording();
    const consumer = start(groupOf({ handle: recorded.handle }));
    await append('booking-1', 'A');
    await vi.waitFor(() => expect(recorded.deliveries).toHaveLength(1), patience);
    impairment.losesAcks = false;
    slept += MESSAGE_TIMEOUT_MS;
    await consumer.idle();
    expect(recorded.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('given a line that goes quiet without an error, then the group is joined anew', async () => {
    const { node, append } = await givenNodes();
    const impairment = { losesAcks: false, isQuiet: true };
    const { start, problems } = await node({ impairment, config: { watchdogMs: 100 } });
    const recorded = recording();
    const consumer = start(groupOf({ handle: recorded.handle }));
    await append('booking-1', 'A');
    await vi.waitFor(() => expect(problems.join()).toContain('nothing came for 200 ms'), patience);
    impairment.isQuiet = false;
    await consumer.idle();
    expect(recorded.types()).toEqual(['A']);
  });

  it('given a server that lets nobody in, then it is tried again, and a stop ends all the same', async () => {
    const { node, standIn } = await givenNodes();
    const { start, problems } = await node({ config: { readStallMs: 100 } });
    standIn.faults.always('consume', { kind: 'answer-never' });
    const consumer = start(groupOf());
    await vi.waitFor(() => expect(problems.join()).toContain('did not let it in within 100 ms'), patience);
    await consumer.stop();
  });

  it.each(['unknown', 'not-ready', 'timeout'] as const)(
    'given %s as the answer to the first calls, then they are repeated',
    async (as) => {
      const { node, append, standIn } = await givenNodes();
      const { start, problems } = await node();
      standIn.faults.next('manage', { kind: 'refuse', as }, 2);
      const recorded = recording();
      const consumer = start(groupOf({ handle: recorded.handle }));
      await append('booking-1', 'A');
      await consumer.idle();
      expect(recorded.types()).toEqual(['A']);
      expect(problems).toHaveLength(2);
    },
  );

  it('given a creation whose answer is lost, then the group is found, and begins where it was created', async () => {
    const { node, append, standIn } = await givenNodes();
    const { start } = await node();
    await append('booking-1', 'Old');
    const recorded = recording();
    const create = recorded.handle;
    // The first call asks, the second creates.
    standIn.faults.next('manage', { kind: 'delay', ms: 0 });
    standIn.faults.next('manage', { kind: 'commit-and-cut' });
    const consumer = start(groupOf({ handle: create, startAt: 'now' }));
    await consumer.idle();
    await append('booking-1', 'New');
    await consumer.idle();
    expect(recorded.types()).toEqual(['New']);
  });

  it('given lines that break after every few messages, then nothing is lost', async () => {
    const { node, append, standIn } = await givenNodes();
    const { start } = await node();
    standIn.faults.next('consume', { kind: 'close-after', events: 3 }, 5);
    const recorded = recording();
    for (let n = 0; n < 40; n += 1) await append(`booking-${n}`, `${n}`);
    await start(groupOf({ handle: recorded.handle })).idle();
    expect(new Set(recorded.types()).size).toBe(40);
  });

  it('given appends whose outcome is unknown, then a message is put off once, and put back once', async () => {
    const { node, append, standIn, typesIn } = await givenNodes();
    const clock = makeTestClock();
    const { start } = await node({ clock });
    const recorded = recording(({ attempt }) =>
      attempt === 1 ? { type: 'retry', reason: 'not now', afterMs: 60_000 } : { type: 'ack' },
    );
    await append('booking-1', 'A');
    standIn.faults.next('append', { kind: 'commit-and-cut' });
    const consumer = start(groupOf({ handle: recorded.handle }));
    await consumer.idle();
    standIn.faults.next('append', { kind: 'commit-and-cut' });
    clock.advance(60_000);
    await consumer.idle();
    expect(recorded.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(typesIn('waiting-mail')).toEqual(['MessagePutOff', 'MessageDue']);
  });

  it('given a message that ends its process each time, then it is parked in the end, and can be told', async () => {
    const { node, append } = await givenNodes();
    await append('booking-1', 'Poison');
    for (let life = 0; life < 12; life += 1) {
      const dying = await node();
      const reached = Promise.withResolvers<void>();
      const handle = (): Promise<never> => {
        reached.resolve();
        return new Promise(() => undefined);
      };
      dying.start(groupOf({ handle, maxAttempts: 100 }));
      await Promise.race([
        reached.promise,
        vi.waitFor(async () => expect((await statusOf(dying))?.parked).toBe(1), patience),
      ]);
      await dying.kill();
    }
    const { groups } = await node();
    expect(await groups.parked('mail')()).toMatchObject({
      right: [{ stream: 'booking-1', type: 'Poison', reason: 'it was handed out 11 times and nobody answered for it' }],
    });
  });

  it('given a group that cannot be made yet, then its status says that it is behind', async () => {
    const { node, append, standIn } = await givenNodes();
    const head = await append('booking-1', 'A');
    const asked = await node();
    const held = Promise.withResolvers<void>();
    standIn.faults.next('manage', { kind: 'hold', until: held.promise });
    const consumer = asked.start(groupOf());
    await vi.waitFor(() => expect(standIn.faults.seen('manage')).toBe(1), patience);
    expect(await statusOf(asked)).toEqual({ name: 'mail', checkpoint: 0, head, retrying: 0, parked: 0 });
    held.resolve();
    await consumer.idle();
    expect(await statusOf(asked)).toMatchObject({ checkpoint: head });
  });
});
