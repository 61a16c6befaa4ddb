import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { HOLDFAST_NAMESPACE, uuidv5 } from '../../../src/adapters/identity/ids.ts';
import type { DeliveryAttempt, WebhookFailure, WebhookRequest } from '../../../src/application/ports/delivery.ts';
import { secretOf } from '../../../src/application/secret.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import type {
  WebhookChannelDeps,
  WebhookSubscription,
} from '../../../src/application/notifications/webhook-channel.ts';
import { webhookChannel } from '../../../src/application/notifications/webhook-channel.ts';
import { command } from '../../../src/testing/index.ts';
import { mailSettings, notifiedWorld } from '../../support/notified-world.ts';

const accepted = [command.request(), command.startSync('work'), command.recordSuccess('work'), command.accept()];
const subscription: WebhookSubscription = {
  id: 'crm',
  url: 'https://crm.example/hook',
  secret: secretOf('a secret of the receiver'),
  triggers: ['BOOKING_CREATED', 'BOOKING_CANCELLED'],
  hostIds: null,
};

/** A stand-in for the network: answers what is next in line, success when nothing is. */
const wired = (wanted: Partial<WebhookSubscription> = {}, answers: WebhookFailure[] = []) => {
  const world = notifiedWorld();
  const requests: WebhookRequest[] = [];
  const attempts: DeliveryAttempt[] = [];
  const deps: WebhookChannelDeps & typeof world & typeof mailSettings = {
    ...world,
    ...mailSettings,
    maxAttempts: 3,
    uuid: (name) => uuidv5(HOLDFAST_NAMESPACE, name),
    report: () => undefined,
    log: {
      record: (attempt) => {
        attempts.push(attempt);
        return TE.right(undefined);
      },
    },
    sender: {
      send: (request) => {
        requests.push(request);
        const failure = answers.shift();
        return failure === undefined ? TE.right({ status: 200 }) : TE.left(failure);
      },
      close: async () => undefined,
    },
  };
  const group = notifier(deps, webhookChannel(deps, { ...subscription, ...wanted }));
  return { ...world, group, requests, attempts };
};

describe('webhooks', () => {
  it("given an acceptance, then BOOKING_CREATED is delivered with the stream's status; it is in the log", async () => {
    const { happened, message, group, requests, history } = wired();
    await happened(...accepted);
    expect(await group.handle(await message('BookingAccepted'))).toEqual({ type: 'ack' });
    expect(requests).toHaveLength(1);
    const body = JSON.parse(requests[0]?.body ?? '');
    expect(body).toMatchObject({ triggerEvent: 'BOOKING_CREATED', payload: { status: 'ACCEPTED', uid: 'booking1' } });
    expect((await history()).at(-1)).toMatchObject({
      type: 'NotificationSent',
      data: { channel: 'webhook', recipient: 'crm', messageId: requests[0]?.deliveryId },
    });
  });

  it('S44 given a receiver that fails twice, then three attempts under one delivery id are listed', async () => {
    const failure = { message: 'status 500', status: 500 };
    const { happened, message, group, requests, attempts } = wired({}, [failure, failure]);
    await happened(...accepted);
    expect(await group.handle(await message('BookingAccepted', 1))).toMatchObject({ type: 'retry', afterMs: 1_000 });
    expect(await group.handle(await message('BookingAccepted', 2))).toMatchObject({ type: 'retry', afterMs: 2_000 });
    expect(await group.handle(await message('BookingAccepted', 3))).toEqual({ type: 'ack' });
    expect(new Set(requests.map(({ deliveryId }) => deliveryId)).size).toBe(1);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    expect(attempts.map(({ attempt, outcome }) => [attempt, outcome.type])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'delivered'],
    ]);
  });

  it('given a receiver that fails to the end, then the delivery is parked, visibly', async () => {
    const { happened, message, group, types, attempts } = wired({}, [{ message: 'no answer' }]);
    await happened(...accepted);
    expect(await group.handle(await message('BookingAccepted', 3))).toEqual({
      type: 'park',
      reason: 'BOOKING_CREATED to crm: no answer',
    });
    expect(await types()).toContain('NotificationParked');
    expect(attempts.at(-1)).toMatchObject({ nextTryAt: null });
    // As another node meets it, or this one after a crash.
    expect(await group.handle(await message('BookingAccepted'))).toEqual({
      type: 'park',
      reason: 'BOOKING_CREATED to crm: given up before',
    });
    expect(attempts).toHaveLength(1);
    expect(await group.handle({ ...(await message('BookingAccepted')), replayed: true })).toEqual({ type: 'ack' });
    expect(attempts).toHaveLength(2);
  });

  it('given a receiver that names a wait, then it is kept', async () => {
    const { happened, message, group } = wired({}, [{ message: 'busy', status: 429, retryAfterMs: 30_000 }]);
    await happened(...accepted);
    expect(await group.handle(await message('BookingAccepted'))).toMatchObject({ afterMs: 30_000 });
  });

  it('I5 given the same message again, then nothing is sent again', async () => {
    const { happened, message, group, requests } = wired();
    await happened(...accepted);
    const delivery = await message('BookingAccepted');
    await group.handle(delivery);
    await group.handle(delivery);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['another trigger', { triggers: ['BOOKING_CANCELLED'] }],
    ['another host', { hostIds: ['somebody_else'] }],
  ] as const)('sends nothing that was not subscribed to: %s', async (_, wanted) => {
    const { happened, message, group, requests } = wired(wanted);
    await happened(...accepted);
    expect(await group.handle(await message('BookingAccepted'))).toEqual({ type: 'ack' });
    expect(requests).toEqual([]);
  });
});
