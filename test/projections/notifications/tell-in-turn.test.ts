import { beforeEach, describe, expect, it } from 'vitest';
import { keepingLease } from '../../../src/application/consumers/leasing.ts';
import { noTurns, type Turns } from '../../../src/application/consumers/turns.ts';
import type { Delivery, Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { tellingEffect } from '../../../src/domain/booking/lease.ts';
import type { Teller } from '../../../src/projections/notifications/tell-in-turn.ts';
import { tellInTurn } from '../../../src/projections/notifications/tell-in-turn.ts';
import { command } from '../../../src/testing/index.ts';
import { toldWorld, UID } from '../../support/told-world.ts';

const LEASE_MS = 15_000;
const ack: Verdict = { type: 'ack' };
const BACKOFF_MS = 60_000;

/** A stand-in for mails and webhooks: tells of every event, and keeps the order in which it was told. */
const tellers = (world: ReturnType<typeof toldWorld>) => {
  const told: string[] = [];
  const settled = new Set<string>();
  const node = (name: string, tell: () => Promise<Verdict> = async () => ack, turns: Turns = noTurns) => {
    const leasing = { node: name, leaseMs: LEASE_MS };
    const deps = {
      ...world,
      leasing,
      turns,
      retry: { baseMs: 2 * BACKOFF_MS, capMs: 2 * BACKOFF_MS },
      jitter: () => 1,
    };
    const teller: Teller = {
      group: 'hook',
      hasToSend: ({ recorded }) => !settled.has(recorded.id),
      tell: async ({ recorded }) => {
        if (settled.has(recorded.id)) return ack;
        const verdict = await tell();
        if (verdict.type === 'ack') {
          told.push(`${recorded.type} by ${name}`);
          settled.add(recorded.id);
        }
        return verdict;
      },
    };
    return (delivery: Delivery) => tellInTurn(deps)(teller, delivery);
  };
  return { told, node };
};

let world: ReturnType<typeof toldWorld>;
let told: string[];
let node: ReturnType<typeof tellers>['node'];
let accepted: Delivery;
beforeEach(async () => {
  world = toldWorld();
  ({ told, node } = tellers(world));
  await world.happened(command.request(), command.startSync('work'), command.recordSuccess('work'), command.accept());
  await world.happened(command.cancel());
  accepted = await world.message('BookingAccepted');
});

describe('telling, by several nodes', () => {
  it('given one message on two nodes at once, then one of them tells and the other looks again', async () => {
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = node('a', async () => {
      reached.resolve();
      await goOn.promise;
      return ack;
    })(accepted);
    await reached.promise;
    expect(await node('b')(accepted)).toEqual({ type: 'defer', afterMs: LEASE_MS });
    goOn.resolve();
    expect(await slow).toEqual(ack);
    expect(await node('b')(accepted)).toEqual(ack);
    expect(told).toEqual(['BookingAccepted by a']);
  });

  it('given a node is still at it, then the others leave it alone', async () => {
    const slow = node('a', () => new Promise(() => undefined));
    slow(accepted).catch(() => undefined);
    await expect.poll(world.types).toContain('EffectLeased');
    expect(await node('b')(accepted)).toMatchObject({ type: 'defer' });
    world.clock.advance(LEASE_MS / 2 - 1);
    expect(await node('b')(accepted)).toMatchObject({ type: 'defer' });
  });

  it('given a lease that has ended, then it is taken over, and the preferred node has missed it', async () => {
    const lease = { node: 'a', until: world.clock.now() + LEASE_MS };
    const effect = tellingEffect('hook', accepted.event.id);
    const takenOver: string[] = [];
    const turns: Turns = { ...noTurns, standByMs: () => 3_000, tookOver: (key) => void takenOver.push(key) };
    const b = node('b', async () => ack, turns);
    await world.happened({ type: 'LeaseEffect', effect, lease, now: world.clock.now() });
    expect(await b(accepted)).toEqual({ type: 'defer', afterMs: LEASE_MS + 3_000 });
    expect(takenOver).toEqual([]);
    world.clock.advance(LEASE_MS);
    expect(await b(accepted)).toEqual(ack);
    expect(takenOver).toEqual([UID]);
  });

  it('given a failed attempt, then that node has the next one, and another takes over a lease later', async () => {
    const failing = node('a', async () => ({ type: 'retry', reason: 'refused' }));
    expect(await failing(accepted)).toEqual({ type: 'retry', reason: 'refused', afterMs: BACKOFF_MS });
    world.clock.advance(LEASE_MS);
    expect(await node('b')(accepted)).toEqual({ type: 'defer', afterMs: BACKOFF_MS });
    world.clock.advance(BACKOFF_MS - 1);
    expect(await node('b')(accepted)).toEqual({ type: 'defer', afterMs: 1 });
    world.clock.advance(1);
    expect(await node('b')(accepted)).toEqual(ack);
    expect(told).toEqual(['BookingAccepted by b']);
  });

  it('given nothing is left to say, then no lease is written', async () => {
    await node('a')(accepted);
    const before = await world.types();
    expect(await node('b')(accepted)).toEqual(ack);
    expect(await world.types()).toEqual(before);
  });

  it('given one process that has the log alone, then it keeps no lease', async () => {
    const deps = { ...world, leasing: null };
    expect(await keepingLease(deps)(UID, 'hook', null, async () => 'told')).toBe('told');
    expect(world.clock.pending()).toBe(0);
    expect(await world.types()).not.toContain('EffectLeased');
  });
});
