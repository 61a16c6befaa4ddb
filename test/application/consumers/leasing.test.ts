import { beforeEach, describe, expect, it } from 'vitest';
import { acquireLease, keepingLease, type LeasingDeps } from '../../../src/application/consumers/leasing.ts';
import { singleNode } from '../../../src/application/consumers/node-preference.ts';
import type { Channel } from '../../../src/application/notifications/channel.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import type { BookingAround } from '../../../src/application/notifications/subject.ts';
import * as E from 'fp-ts/lib/Either.js';
import { command } from '../../../src/testing/index.ts';
import { notifiedWorld, UID } from '../../support/notified-world.ts';

const LEASE_MS = 15_000;
const leasing = { node: 'a', leaseMs: LEASE_MS };
const wanted = { id: UID, effect: 'hook', known: { leases: [] }, causationId: null };
let world: ReturnType<typeof notifiedWorld>;
beforeEach(async () => {
  world = notifiedWorld();
  await world.happened(command.request(), command.startSync('work'), command.recordSuccess('work'), command.accept());
});

type Run = LeasingDeps<(about: BookingAround) => BookingAround>['run'];
/** The log answers after so many milliseconds each, the first answers first. */
const slowly = (...delays: number[]): Run => {
  const left = [...delays];
  return (...asked) =>
    async () => {
      const done = await world.bookings.run(...asked)();
      world.clock.advance(left.shift() ?? 0);
      return done;
    };
};

describe('a lease', () => {
  it('given writing it took longer than it lasts, then it is asked for again', async () => {
    const lease = await acquireLease({ ...world, leasing, run: slowly(LEASE_MS) })(wanted);
    expect(lease).toMatchObject({ type: 'taken', until: world.clock.now() + 0.8 * LEASE_MS });
  });

  it('given every answer comes too late, then it is not had', async () => {
    const lease = await acquireLease({ ...world, leasing, run: slowly(LEASE_MS, LEASE_MS) })(wanted);
    expect(lease).toMatchObject({ type: 'failed', error: { type: 'Unavailable' } });
  });

  it('is held until its end, and longer where it was renewed', async () => {
    const until = world.clock.now() + 0.8 * LEASE_MS;
    await keepingLease({ ...world, leasing, run: slowly() })(wanted, until, async (isHeld) => {
      expect(isHeld()).toBe(true);
      world.clock.advance(0.4 * LEASE_MS);
      await expect.poll(world.types).toContain('EffectLeased');
      world.clock.set(until + 1);
      await expect.poll(isHeld).toBe(true);
      world.clock.set(until + LEASE_MS);
      expect(isHeld()).toBe(false);
    });
  });

  it('given the clock is set back meanwhile, then it is held no longer for that', async () => {
    const until = world.clock.now() + 0.8 * LEASE_MS;
    const never: Run = () => () => new Promise(() => undefined);
    await keepingLease({ ...world, leasing, run: never })(wanted, until, async (isHeld) => {
      world.clock.set(world.clock.now() - 3_600_000);
      world.clock.advance(0.8 * LEASE_MS - 1);
      expect(isHeld()).toBe(true);
      world.clock.advance(1);
      expect(isHeld()).toBe(false);
    });
  });

  it('given it has run out before a message is sent, then nothing is sent, and no attempt is counted', async () => {
    const said: string[] = [];
    const channel: Channel<BookingAround> = {
      group: 'hook',
      kind: 'webhook',
      subject: world.bookings,
      messagesOf: ({ event }) =>
        E.right([
          {
            notification: event.type,
            recipient: 'crm',
            id: event.type,
            send: async () => {
              said.push(event.type);
              return { type: 'sent' };
            },
          },
        ]),
    };
    let turns = 0;
    const late = async (): Promise<void> => {
      turns += 1;
      // The second is the one before sending: this node stood still.
      if (turns === 2) world.clock.set(world.clock.now() + LEASE_MS);
    };
    const deps = {
      ...world,
      turn: late,
      leasing,
      preference: singleNode,
      retry: { baseMs: 1, capMs: 1 },
      maxAttempts: 10,
      jitter: () => 1,
      signal: new AbortController().signal,
    };
    const { handle } = notifier(deps, channel);
    expect(await handle(await world.message('BookingAccepted'))).toEqual({ type: 'defer', afterMs: 100 });
    expect(said).toEqual([]);
    expect(await handle(await world.message('BookingAccepted'))).toEqual({ type: 'ack' });
    expect(said).toEqual(['BookingAccepted']);
  });
});
