import { ALL_EFFECTS } from '../../../src/domain/booking/lease.ts';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { smtpMailer } from '../../../src/adapters/delivery/mail/smtp-mailer.ts';
import { makeConsumerGroups } from '../../../src/application/consumers/consumer-groups.ts';
import { mailChannel } from '../../../src/application/notifications/mail-channels.ts';
import type { Attempted, Channel } from '../../../src/application/notifications/channel.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import type { BookingAround } from '../../../src/application/notifications/subject.ts';
import type { ConsumerGroup } from '../../../src/application/ports/consumer-groups.ts';
import { command } from '../../../src/testing/index.ts';
import { makeMemoryConsumerState } from '../../support/memory-consumer-state.ts';
import { mailSettings, notifiedWorld } from '../../support/notified-world.ts';
import { startSmtpServer } from '../../support/smtp-server.ts';

const GUEST = 'guest@example.com';
const BACKOFF_MS = 60_000;
const settings = { ...mailSettings, retry: { baseMs: BACKOFF_MS, capMs: BACKOFF_MS }, maxAttempts: 5 };

type World = ReturnType<typeof notifiedWorld>;

/** The group follows the log of the world; what its consumer knows outlives it. */
const following = (world: World, group: ConsumerGroup) => {
  const state = makeMemoryConsumerState();
  const start = () => makeConsumerGroups({ ...world, state, random: () => 0, onProblem: () => undefined }).start(group);
  let consumer = start();
  onTestFinished(() => consumer.stop());
  return {
    idle: () => consumer.idle(),
    restart: async () => {
      await consumer.stop();
      consumer = start();
    },
  };
};

const request = (guests: ReadonlyArray<string>) => {
  const asked = command.request();
  if (asked.type !== 'RequestBooking') throw new Error('the first command is the request');
  const { personal } = asked.request;
  return { ...asked, request: { ...asked.request, personal: { ...personal, guests } } };
};
const accept = [command.startSync('work'), command.recordSuccess('work'), command.accept()];

describe('the order of mails', () => {
  it('given a 4xx for the attendee, when more is to be told, then the guest is told without waiting for it', async () => {
    const world = notifiedWorld();
    const server = await startSmtpServer({ faults: [{ at: 'rcpt', reply: 451, text: 'mailbox busy' }] });
    const from = { name: 'Holdfast', address: 'holdfast@holdfast.example' };
    const mailer = smtpMailer({ host: '127.0.0.1', port: server.port, security: 'none', from, timeLimitMs: 10_000 });
    onTestFinished(async () => {
      await mailer.close();
      await server.stop();
    });
    const deps = { ...world, ...settings, mailer };
    const consumer = following(world, notifier(deps, mailChannel(deps, 'guests')));
    await consumer.idle();
    await world.happened(request([GUEST]), ...accept);
    await consumer.idle();
    const told = () =>
      server.received.flatMap(({ to, raw }) =>
        to.map((one) => `${/^Subject: (\w+)/m.exec(raw.toString())?.[1]} to ${one}`),
      );
    expect(told()).toEqual([`Invitation to ${GUEST}`]);
    server.next({ at: 'rcpt', reply: 451, text: 'mailbox busy' });
    await world.happened(command.cancel());
    await consumer.idle();
    expect(told()).toEqual([`Invitation to ${GUEST}`, `Cancelled to ${GUEST}`]);
    world.clock.advance(BACKOFF_MS);
    await consumer.idle();
    expect(told().slice(2)).toEqual(['Cancelled to runa@example.com']);
  });
});

/** A stand-in for mails and webhooks: tells everybody of acceptance and cancelling, which nothing overtakes. */
const standIn = (world: World, recipients: ReadonlyArray<string>) => {
  const said: string[] = [];
  const busy = new Set<string>();
  const channel: Channel<BookingAround> = {
    group: 'stand-in',
    kind: 'webhook',
    subject: world.bookings,
    messagesOf: ({ event }) =>
      E.right(
        (event.type === 'BookingAccepted' || event.type === 'BookingCancelled' ? recipients : []).map((recipient) => ({
          notification: event.type,
          recipient,
          id: `${event.type} ${recipient}`,
          send: async (): Promise<Attempted> => {
            if (busy.has(recipient)) return { type: 'failed', reason: 'busy' };
            said.push(`${event.type} to ${recipient}`);
            return { type: 'sent' };
          },
        })),
      ),
  };
  return { said, busy, channel, group: notifier({ ...world, ...settings }, channel) };
};

describe('the order of messages to one recipient', () => {
  it('given one who is busy, then later messages to that one wait for the first, and follow it at once', async () => {
    const world = notifiedWorld();
    const { said, busy, group } = standIn(world, ['anna', 'bert']);
    const consumer = following(world, group);
    await consumer.idle();
    busy.add('anna');
    await world.happened(request([]), ...accept);
    await world.happened(command.cancel());
    await consumer.idle();
    expect(said).toEqual(['BookingAccepted to bert', 'BookingCancelled to bert']);
    busy.delete('anna');
    world.clock.advance(BACKOFF_MS - 1);
    await consumer.idle();
    expect(said).toHaveLength(2);
    world.clock.advance(1);
    await consumer.idle();
    expect(said.slice(2)).toEqual(['BookingAccepted to anna', 'BookingCancelled to anna']);
  });

  it('given a restart in between, then the same', async () => {
    const world = notifiedWorld();
    const { said, busy, group } = standIn(world, ['anna', 'bert']);
    const consumer = following(world, group);
    await consumer.idle();
    busy.add('anna');
    await world.happened(request([]), ...accept);
    await consumer.idle();
    await consumer.restart();
    await world.happened(command.cancel());
    await consumer.idle();
    await consumer.restart();
    await consumer.idle();
    expect(said).toEqual(['BookingAccepted to bert', 'BookingCancelled to bert']);
    busy.delete('anna');
    world.clock.advance(BACKOFF_MS);
    await consumer.idle();
    expect(said.slice(2)).toEqual(['BookingAccepted to anna', 'BookingCancelled to anna']);
  });

  it('given the first is given up, then the later one is sent', async () => {
    const world = notifiedWorld();
    const { said, busy, group } = standIn(world, ['anna', 'bert']);
    const consumer = following(world, group);
    await consumer.idle();
    busy.add('anna');
    await world.happened(request([]), ...accept);
    await world.happened(command.cancel());
    await consumer.idle();
    for (let attempt = 2; attempt <= settings.maxAttempts; attempt += 1) {
      world.clock.advance(BACKOFF_MS);
      await consumer.idle();
    }
    expect(await world.types()).toContain('NotificationParked');
    busy.delete('anna');
    world.clock.advance(BACKOFF_MS);
    await consumer.idle();
    expect(said.slice(2)).toEqual(['BookingCancelled to anna']);
  });

  it('given several nodes, then no lease is written for what can only wait', async () => {
    const world = notifiedWorld();
    const { busy, channel } = standIn(world, ['anna']);
    const leasing = { node: 'a', leaseMs: 15_000 };
    const consumer = following(world, notifier({ ...world, ...settings, leasing }, channel));
    await consumer.idle();
    busy.add('anna');
    await world.happened(request([]), ...accept, command.cancel());
    await consumer.idle();
    const leased = (await world.history()).flatMap(({ type, data }) =>
      type === 'EffectLeased' ? [data['effect']] : [],
    );
    const { event } = await world.message('BookingAccepted');
    // One for all of the booking, and one that lasts until the next attempt.
    expect(new Set(leased)).toEqual(new Set([ALL_EFFECTS, `stand-in ${event.id}`]));
  });
});
