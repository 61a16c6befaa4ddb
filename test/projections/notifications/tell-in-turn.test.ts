import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { keepingLease } from '../../../src/application/consuming/leasing.ts';
import { tellingEffect } from '../../../src/domain/booking/lease.ts';
import type { Teller } from '../../../src/projections/notifications/tell-in-turn.ts';
import { tellInTurn } from '../../../src/projections/notifications/tell-in-turn.ts';
import { command } from '../../../src/testing/index.ts';
import { toldWorld, UID } from '../../support/told-world.ts';

const LEASE_MS = 15_000;
const ack: Verdict = { type: 'ack' };

/** A stand-in for mails and webhooks: tells of every event, and keeps the order in which it was told. */
const tellers = (world: ReturnType<typeof toldWorld>) => {
  const told: string[] = [];
  const settled = new Set<string>();
  const node = (name: string, tell: () => Promise<Verdict> = async () => ack) => {
    const deps = { ...world, leasing: { node: name, leaseMs: LEASE_MS } };
    const teller: Teller = {
      group: 'hook',
      isOpen: ({ recorded }) => !settled.has(recorded.id),
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
let cancelled: Delivery;
beforeEach(async () => {
  world = toldWorld();
  ({ told, node } = tellers(world));
  await world.happened(command.request(), command.startSync('work'), command.recordSuccess('work'), command.accept());
  await world.happened(command.cancel());
  accepted = { ...(await world.message('BookingAccepted')), since: 0 };
  cancelled = { ...(await world.message('BookingCancelled')), since: 0 };
});

describe('telling, by several nodes', () => {
  it('given the later event comes first, then it waits until the earlier one is settled', async () => {
    expect(await node('b')(cancelled)).toEqual({ type: 'defer', afterMs: 250 });
    expect(await node('a')(accepted)).toEqual(ack);
    expect(await node('b')(cancelled)).toEqual(ack);
    expect(told).toEqual(['BookingAccepted by a', 'BookingCancelled by b']);
  });

  it('given it waits for long, then it looks less and less often, and not for ever', async () => {
    world.clock.advance(60_000);
    expect(await node('b')(cancelled)).toEqual({ type: 'defer', afterMs: 15_000 });
    world.clock.advance(world.patienceMs);
    expect(await node('b')(cancelled)).toEqual(ack);
  });

  it('given the earlier event is from before the group began, then nobody waits for it', async () => {
    expect(await node('b')({ ...cancelled, since: accepted.event.position })).toEqual(ack);
    expect(told).toEqual(['BookingCancelled by b']);
  });

  it('given one message on two nodes at once, then one of them tells and the other looks again', async () => {
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = node('a', async () => {
      reached.resolve();
      await goOn.promise;
      return ack;
    })(accepted);
    await reached.promise;
    expect(await node('b')(accepted)).toEqual({ type: 'defer', afterMs: 5_000 });
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

  it('given a lease that has ended, then it is taken over', async () => {
    const lease = { node: 'a', until: world.clock.now() + LEASE_MS };
    const effect = tellingEffect('hook', accepted.event.id);
    await world.happened({ type: 'LeaseEffect', effect, lease, now: world.clock.now() });
    expect(await node('b')(accepted)).toMatchObject({ type: 'defer' });
    world.clock.advance(LEASE_MS);
    expect(await node('b')(accepted)).toEqual(ack);
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
