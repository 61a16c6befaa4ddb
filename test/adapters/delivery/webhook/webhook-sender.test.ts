import { createHmac } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, describe, expect, test } from 'vitest';
import { guardedDispatcher } from '../../../../src/adapters/network/guarded-dispatcher.ts';
import {
  MAX_RESPONSE_BYTES,
  MAX_RETRY_AFTER_MS,
  webhookSender,
} from '../../../../src/adapters/delivery/webhook/webhook-sender.ts';
import type { WebhookRequest } from '../../../../src/application/ports/delivery.ts';
import { type Answer, startWebhookReceiver } from '../../../support/webhook-receiver.ts';

const secret = 'correct horse battery staple';
const body = '{"triggerEvent":"BOOKING_CREATED","payload":{"title":"Café 会議 \\u2028 😀"}}';

const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const never = new AbortController().signal;

/** A sender, and a receiver that answers by `script`. */
const given = async (script: ReadonlyArray<Answer>, options: { timeLimitMs?: number; allowPrivate?: boolean } = {}) => {
  const receiver = await startWebhookReceiver(script);
  const { allowPrivate = true, ...limits } = options;
  const sender = webhookSender({
    dispatcher: guardedDispatcher({ allowPrivateAddresses: allowPrivate, connectTimeLimitMs: 2000 }),
    ...limits,
  });
  closing.push(sender.close, receiver.close);
  const send = (changes: Partial<WebhookRequest> = {}, signal = never) =>
    sender.send(
      { url: receiver.url, secret, deliveryId: 'd-1', sentAt: '2050-09-05T09:00:00Z', body, ...changes },
      signal,
    )();
  return { receiver, send };
};

describe('sending a webhook', () => {
  test('posts the body byte for byte, with the headers of Cal.com and ours', async () => {
    const { receiver, send } = await given([]);
    expect(await send()).toStrictEqual(E.right({ status: 200 }));
    const [received] = receiver.received;
    expect(received?.method).toBe('POST');
    expect(received?.body).toStrictEqual(Buffer.from(body, 'utf8'));
    expect(received?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'x-cal-webhook-version': '2021-10-20',
      'x-holdfast-delivery': 'd-1',
      'x-holdfast-timestamp': '2050-09-05T09:00:00Z',
    });
  });

  test('S44 signs with the lower-case hex HMAC-SHA256 of the raw body', async () => {
    const { receiver, send } = await given([]);
    await send();
    const [received] = receiver.received;
    const expected = createHmac('sha256', secret)
      .update(received?.body ?? '')
      .digest('hex');
    expect(received?.headers['x-cal-signature-256']).toBe(expected);
    expect(expected).toBe('8f1b7f97bfcf9eb03fcb31e6ad267f0b8a822934e5eebd999b802e79ff319e86');
  });

  test('signs id, timestamp and body together in a header of ours', async () => {
    const { receiver, send } = await given([]);
    await send();
    await send({ sentAt: '2050-09-05T09:00:10Z' });
    const [first, second] = receiver.received.map(({ headers }) => headers['x-holdfast-signature-256']);
    expect(first).toBe(createHmac('sha256', secret).update(`d-1.2050-09-05T09:00:00Z.${body}`).digest('hex'));
    expect(second).not.toBe(first);
  });

  test('without a secret says so, in the words of Cal.com', async () => {
    const { receiver, send } = await given([]);
    await send({ secret: null });
    const headers = receiver.received[0]?.headers;
    expect(headers?.['x-cal-signature-256']).toBe('no-secret-provided');
    expect(headers).not.toHaveProperty('x-holdfast-signature-256');
  });
});

describe('what counts as delivered', () => {
  test.each([200, 201, 202, 204, 299])('%i is success', async (status) => {
    const { send } = await given([{ status }]);
    expect(await send()).toStrictEqual(E.right({ status }));
  });

  test.each([400, 401, 404, 410, 429, 500, 503])('%i is a failure with its status', async (status) => {
    const { send } = await given([{ status, body: 'very private' }]);
    expect(await send()).toStrictEqual(E.left({ message: `answered ${status}`, status }));
  });

  test('a redirect is a failure and is not followed', async () => {
    const { receiver, send } = await given([{ status: 307, headers: { Location: '/elsewhere' } }]);
    expect(await send()).toStrictEqual(E.left({ message: 'answered 307; redirects are not followed', status: 307 }));
    expect(receiver.received).toHaveLength(1);
  });

  test('S44 500 twice, then 200: three attempts with one delivery id', async () => {
    const { receiver, send } = await given([{ status: 500 }, { status: 500 }]);
    const outcomes = [await send(), await send(), await send()];
    expect(outcomes.map(E.isRight)).toStrictEqual([false, false, true]);
    expect(receiver.received.map(({ headers }) => headers['x-holdfast-delivery'])).toStrictEqual(['d-1', 'd-1', 'd-1']);
  });

  test('a status whose body never ends has arrived all the same', async () => {
    const { send } = await given(['stall-body'], { timeLimitMs: 300 });
    expect(await send()).toStrictEqual(E.right({ status: 200 }));
  });

  test('of an endless answer little is read', async () => {
    const { receiver, send } = await given(['endless-body'], { timeLimitMs: 2000 });
    expect(await send()).toStrictEqual(E.right({ status: 200 }));
    const inTheSocketsBuffers = 8 * 1024 * 1024;
    expect(receiver.bytesSent()).toBeLessThan(MAX_RESPONSE_BYTES + inTheSocketsBuffers);
  });
});

describe('Retry-After', () => {
  test.each([
    ['120', 120_000],
    ['Mon, 05 Sep 2050 09:01:00 GMT', 60_000],
    ['99999999', MAX_RETRY_AFTER_MS],
  ])('%s is handed on', async (header, retryAfterMs) => {
    const { send } = await given([{ status: 429, headers: { 'Retry-After': header } }]);
    expect(await send()).toStrictEqual(E.left({ message: 'answered 429', status: 429, retryAfterMs }));
  });
});

describe('when no answer comes', () => {
  test('gives up at the time limit', async () => {
    const { send } = await given(['stall'], { timeLimitMs: 200 });
    expect(await send()).toStrictEqual(E.left({ message: 'no answer within 0.2 s' }));
  });

  test('ends early when it is aborted', async () => {
    const { receiver, send } = await given(['stall'], { timeLimitMs: 3_600_000 });
    const controller = new AbortController();
    const sending = send({}, controller.signal);
    await receiver.waitFor(1);
    controller.abort();
    expect(await sending).toStrictEqual(E.left({ message: 'given up before an answer came' }));
  });

  test('says that the connection was cut or refused', async () => {
    const { receiver, send } = await given(['drop']);
    expect(await send()).toStrictEqual(E.left({ message: 'other side closed' }));
    await receiver.close();
    expect(await send()).toMatchObject(E.left({ message: expect.stringContaining('ECONNREFUSED') }));
  });

  test('reaches no private address unless that is allowed', async () => {
    const { receiver, send } = await given([], { allowPrivate: false });
    expect(await send()).toMatchObject(E.left({ message: expect.stringContaining('private or reserved address') }));
    expect(await send({ url: 'not a url' })).toMatchObject(E.left({ message: expect.stringContaining('Invalid URL') }));
    expect(receiver.received).toHaveLength(0);
  });

  test('no failure tells the secret or what was answered', async () => {
    const answers: ReadonlyArray<Answer> = [{ status: 500, body: 'very private' }, 'drop', 'stall'];
    const { send } = await given(answers, { timeLimitMs: 200 });
    const failures = JSON.stringify([await send(), await send(), await send()]);
    expect(failures).not.toContain(secret);
    expect(failures).not.toContain('very private');
  });
});
