import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepingLease } from '../../../src/application/consumers/leasing.ts';
import { singleNode, type NodePreference as Order } from '../../../src/application/consumers/node-preference.ts';
import type { StoreError } from '../../../src/application/ports/event-store.ts';
import type { Delivery, Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { notificationEffect } from '../../../src/domain/booking/lease.ts';
import {
  type Attempted,
  type Channel,
  type NotificationMessage,
  RECORD_TRIES,
} from '../../../src/application/notifications/channel.ts';
import { notifier, type NotifierDeps } from '../../../src/application/notifications/notifier.ts';
import { type BookingAround, bookingSubject } from '../../../src/application/notifications/subject.ts';
import { command } from '../../../src/testing/index.ts';
import { bootBuses } from '../process.helper.ts';
import { notifiedWorld, UID } from '../../support/notified-world.ts';

const [LEASE_MS, BACKOFF_MS] = [15_000, 60_000];
const ack: Verdict = { type: 'ack' };
const sent: Attempted = { type: 'sent' };
/** A stand-in for mails and webhooks: has one thing to say of every event, and keeps the order in which it was said. */
const nodesOn = (world: ReturnType<typeof notifiedWorld>) => {
  const said: string[] = [];
  const node = (name: string, attempt: () => Promise<Attempted> = async () => sent, order: Order = singleNode) => {
    const deps = {
      ...world,
      leasing: { node: name, leaseMs: LEASE_MS },
      preference: order,
      retry: { baseMs: 2 * BACKOFF_MS, capMs: 2 * BACKOFF_MS },
      maxAttempts: 10,
      jitter: () => 1,
      signal: new AbortController().signal,
    };
    const channel: Channel<BookingAround> = {
      group: 'hook',
      kind: 'webhook',
      subject: world.bookings,
      messagesOf: ({ event }) => {
        const send = async (): Promise<Attempted> => {
          const attempted = await attempt();
          if (attempted.type === 'sent') said.push(`${event.type} by ${name}`);
          return attempted;
        };
        return E.right([{ notification: event.type, recipient: 'crm', id: event.type, send }]);
      },
    };
    return notifier(deps, channel).handle;
  };
  return { said, node };
};

let world: ReturnType<typeof notifiedWorld>;
let said: string[];
let node: ReturnType<typeof nodesOn>['node'];
let accepted: Delivery;
beforeEach(async () => {
  world = notifiedWorld();
  ({ said, node } = nodesOn(world));
  await world.happened(command.request(), command.startSync('work'), command.recordSuccess('work'), command.accept());
  await world.happened(command.cancel());
  accepted = await world.message('BookingAccepted');
});

describe('notifying, by several nodes', () => {
  it('given one message on two nodes at once, then one of them tells and the other looks again', async () => {
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = node('a', async () => {
      reached.resolve();
      await goOn.promise;
      return sent;
    })(accepted);
    await reached.promise;
    expect(await node('b')(accepted)).toEqual({ type: 'defer', afterMs: 0.8 * LEASE_MS });
    goOn.resolve();
    expect(await slow).toEqual(ack);
    expect(await node('b')(accepted)).toEqual(ack);
    expect(said).toEqual(['BookingAccepted by a']);
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
    const effect = notificationEffect('hook', accepted.event.id);
    const takenOver: string[] = [];
    const tookOver = (key: string) => void takenOver.push(key);
    const order: Order = { ...singleNode, standByMs: () => 3_000, tookOver };
    const b = node('b', async () => sent, order);
    await world.happened({ type: 'LeaseEffect', effect, lease, now: world.clock.now() });
    expect(await b(accepted)).toEqual({ type: 'defer', afterMs: LEASE_MS + 3_000 });
    expect(takenOver).toEqual([]);
    world.clock.advance(LEASE_MS);
    expect(await b(accepted)).toEqual(ack);
    expect(takenOver).toEqual([UID]);
  });

  it('given a failed attempt, then that node has the next one, and another takes over a lease later', async () => {
    const failing = node('a', async () => ({ type: 'failed', reason: 'refused' }));
    expect(await failing(accepted)).toEqual({
      type: 'retry',
      reason: 'BookingAccepted to crm: refused',
      afterMs: BACKOFF_MS,
    });
    world.clock.advance(0.8 * LEASE_MS);
    expect(await node('b')(accepted)).toEqual({ type: 'defer', afterMs: BACKOFF_MS });
    world.clock.advance(BACKOFF_MS - 1);
    expect(await node('b')(accepted)).toEqual({ type: 'defer', afterMs: 1 });
    world.clock.advance(1);
    expect(await node('b')(accepted)).toEqual(ack);
    expect(said).toEqual(['BookingAccepted by b']);
  });

  it('given nothing is left to say, then no lease is written', async () => {
    await node('a')(accepted);
    const before = await world.types();
    expect(await node('b')(accepted)).toEqual(ack);
    expect(await world.types()).toEqual(before);
  });

  it('given one process that has the log alone, then it keeps no lease', async () => {
    const deps = { ...world, run: world.bookings.run, leasing: null };
    const hook = { id: UID, effect: 'hook', known: { leases: [] }, causationId: null };
    expect(await keepingLease(deps)(hook, 0, async () => 'told')).toBe('told');
    expect(world.clock.pending()).toBe(0);
    expect(await world.types()).not.toContain('EffectLeased');
  });
});

describe('the cost of a message', () => {
  const reading = async (leasing: NotifierDeps['leasing'], { order, isKnown }: { order: Order; isKnown: boolean }) => {
    let reads = 0;
    const readStream: typeof world.store.readStream = (...asked) => {
      reads += 1;
      return world.store.readStream(...asked);
    };
    const deps: NotifierDeps = {
      ...world,
      leasing,
      preference: order,
      retry: { baseMs: 1, capMs: 1 },
      maxAttempts: 1,
      jitter: () => 0,
      signal: new AbortController().signal,
    };
    const message = (recipient: string): NotificationMessage => ({
      notification: 'confirmed',
      recipient,
      id: recipient,
      send: async () => sent,
    });
    const messages = ['attendee', 'guest-1', 'guest-2', 'guest-3'].map(message);
    const channel: Channel<BookingAround> = {
      group: 'mail-guests',
      kind: 'mail',
      subject: bookingSubject({ store: { readStream }, buses: isKnown ? world.buses : bootBuses(world.store) }),
      messagesOf: () => E.right(messages),
    };
    expect(await notifier(deps, channel).handle(accepted)).toEqual(ack);
    return reads;
  };
  const second: Order = { ...singleNode, standByMs: () => 3_000 };
  it.each([
    ['one process that has the log alone', null],
    ['several nodes', { node: 'a', leaseMs: LEASE_MS }],
  ])('given %s, then a stream that is not known is read once for all recipients', async (_, leasing) => {
    expect(await reading(leasing, { order: singleNode, isKnown: false })).toBe(1);
  });

  it('given the node that goes first knows the booking, then nothing is read; another looks first', async () => {
    expect(await reading({ node: 'a', leaseMs: LEASE_MS }, { order: singleNode, isKnown: true })).toBe(0);
    expect(await reading({ node: 'b', leaseMs: LEASE_MS }, { order: second, isKnown: true })).toBe(1);
  });
});

describe('writing down what came of a message', () => {
  const leasing = { node: 'a', leaseMs: LEASE_MS };
  /** A log that is away for so many tries to write an outcome. `onTry`: told before each of them. */
  const away = (
    times: number,
    onTry: (stop: () => void) => void = () => undefined,
    fault: StoreError = { type: 'Unavailable', reason: 'no leader' },
  ) => {
    const stopping = new AbortController();
    let tries = 0;
    const run: Channel<BookingAround>['subject']['run'] = (id, command, context) => {
      if (command.type !== 'RecordNotification') return world.bookings.run(id, command, context);
      tries += 1;
      onTry(() => stopping.abort());
      return tries <= times ? TE.left(fault) : world.bookings.run(id, command, context);
    };
    const channel: Channel<BookingAround> = {
      group: 'mail-host',
      kind: 'mail',
      subject: { ...world.bookings, run },
      messagesOf: () => E.right([{ notification: 'confirmed', recipient: 'host', id: 'm', send: async () => sent }]),
    };
    const tell = (known: NotifierDeps['leasing'] = leasing) =>
      notifier(
        {
          ...world,
          leasing: known,
          retry: { baseMs: 1, capMs: 1 },
          maxAttempts: 3,
          jitter: () => 0,
          signal: stopping.signal,
        },
        channel,
      ).handle(accepted);
    const notes = async () => (await world.types()).filter((type) => type === 'NotificationSent').length;
    return { tell, notes, tries: () => tries };
  };

  it('given a log that is away when a mail has gone out, when it is back, then the outcome is written', async () => {
    const { tell, notes, tries } = away(5);
    expect(await tell()).toEqual(ack);
    expect([tries(), await notes()]).toEqual([6, 1]);
  });

  it('given a log that stays away, then the note is given up, and the mail is tried again', async () => {
    const { tell, notes, tries } = away(Number.POSITIVE_INFINITY);
    expect(await tell()).toMatchObject({ type: 'retry', reason: expect.stringContaining('no leader') });
    expect([tries(), await notes()]).toEqual([RECORD_TRIES, 0]);
  });

  it('given a log in the data file, or a program that stops, then it is tried once', async () => {
    const embedded = away(1);
    expect(await embedded.tell(null)).toMatchObject({ type: 'retry' });
    const stopping = away(1, (stop) => stop());
    expect(await stopping.tell()).toMatchObject({ type: 'retry' });
    expect([embedded.tries(), stopping.tries()]).toEqual([1, 1]);
  });

  it('given what no waiting mends, then it is tried once', async () => {
    const { tell, tries } = away(1, undefined, { type: 'Corrupt', reason: 'cut off' });
    expect(await tell()).toMatchObject({ type: 'retry', reason: expect.stringContaining('cut off') });
    expect(tries()).toBe(1);
  });
});
