import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { GIVES_WAY_MS, makeInHand, makeLoopQueue } from '../../../src/application/loop-queue.ts';
import { mailChannel } from '../../../src/application/notifications/mail-channels.ts';
import type { MailNotification } from '../../../src/application/notifications/mail/mail-facts.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import type { Delivery, Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { command } from '../../../src/testing/index.ts';
import { keepingMailer, mailSettings, notifiedWorld } from '../../support/notified-world.ts';

const ack: Verdict = { type: 'ack' };

/** The guests' mails about one accepted booking, on a node whose event loop is as `isBusy` says. */
const guestsToldOn = async (isBusy: () => boolean) => {
  const world = notifiedWorld();
  const { mailer, to } = keepingMailer();
  const composed: Array<string> = [];
  const compose: typeof mailSettings.compose = (notification: MailNotification, facts) => {
    composed.push(notification.kind);
    return mailSettings.compose(notification, facts);
  };
  const deps = { ...world, ...mailSettings, compose, mailer, maxAttempts: 3, turn: makeLoopQueue(isBusy) };
  await world.happened(command.request(), command.startSync('work'), command.recordSuccess('work'), command.accept());
  const delivery: Delivery = await world.message('BookingAccepted');
  return { ...world, to, composed, tell: () => notifier(deps, mailChannel(deps, 'guests')).handle(delivery) };
};

it('given requests in hand, then a mail is not even composed before they are answered, and goes out then', async () => {
  const { during, some } = makeInHand();
  const answer = Promise.withResolvers<void>();
  const { tell, composed, to } = await guestsToldOn(some);
  const answering = during(() => answer.promise);
  const told = tell();
  for (let turns = 0; turns < 50; turns += 1) await nextTurn();
  expect(composed).toEqual([]);
  answer.resolve();
  await answering;
  expect(await told).toEqual(ack);
  expect(composed).toEqual(['confirmed']);
  expect(to()).toHaveLength(1);
});

it('given requests without end, then a mail gives way until its event is two seconds old, and no longer', async () => {
  const { clock, tell, to } = await guestsToldOn(() => true);
  clock.advance(GIVES_WAY_MS - 200);
  const begun = performance.now();
  expect(await tell()).toEqual(ack);
  const waited = performance.now() - begun;
  expect(waited).toBeGreaterThanOrEqual(190);
  expect(waited).toBeLessThan(GIVES_WAY_MS - 200);
  expect(to()).toHaveLength(1);
});
