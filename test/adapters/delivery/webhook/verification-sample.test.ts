import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedDispatcher } from '../../../../src/adapters/network/guarded-dispatcher.ts';
import { webhookSender } from '../../../../src/adapters/delivery/webhook/webhook-sender.ts';
import { type ReceivedWebhook, startWebhookReceiver } from '../../../support/webhook-receiver.ts';

type IsGenuine = (headers: IncomingHttpHeaders, rawBody: Buffer, secret: string, nowMs: number) => boolean;

const secret = 'correct horse battery staple';
const sentAt = Temporal.Instant.from('2050-09-05T09:00:00Z').epochMilliseconds;
const minutes = (count: number) => count * 60_000;

let folder: string;
let isGenuine: IsGenuine;
let received: ReceivedWebhook;

/** The sample is run as it is printed in the guide. */
beforeAll(async () => {
  const guide = await readFile(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8');
  const [, sample] = /```js\n([\s\S]*?)```/.exec(guide) ?? [];
  if (sample === undefined) throw new Error('docs/webhooks.md has no sample');
  folder = await mkdtemp(join(tmpdir(), 'holdfast-sample-'));
  await writeFile(join(folder, 'sample.mjs'), sample);
  ({ isGenuine } = await import(pathToFileURL(join(folder, 'sample.mjs')).href));

  const receiver = await startWebhookReceiver();
  const sender = webhookSender({
    dispatcher: guardedDispatcher({ allowPrivateAddresses: true, connectTimeLimitMs: 2000 }),
  });
  const body = '{"title":"Café 会議"}';
  const request = { url: receiver.url, secret, deliveryId: 'd-1', sentAt: '2050-09-05T09:00:00Z', body };
  await sender.send(request, new AbortController().signal)();
  [received] = (await receiver.waitFor(1)) as [ReceivedWebhook];
  await sender.close();
  await receiver.close();
});

afterAll(() => rm(folder, { recursive: true }));

const judged = (changes: IncomingHttpHeaders = {}, body = received.body, key = secret, nowMs = sentAt) =>
  isGenuine({ ...received.headers, ...changes }, body, key, nowMs);

describe('the sample in docs/webhooks.md', () => {
  test('takes what Holdfast sends', () => {
    expect(judged()).toBe(true);
    expect(judged({}, received.body, secret, sentAt + minutes(5))).toBe(true);
  });

  test('refuses a replay: too old, or with a fresh timestamp or another id', () => {
    expect(judged({}, received.body, secret, sentAt + minutes(5) + 1)).toBe(false);
    expect(
      judged({ 'x-holdfast-timestamp': '2050-09-05T09:10:00Z' }, received.body, secret, sentAt + minutes(10)),
    ).toBe(false);
    expect(judged({ 'x-holdfast-delivery': 'd-2' })).toBe(false);
    expect(judged({ 'x-holdfast-timestamp': 'yesterday' })).toBe(false);
  });

  test('refuses another body, another secret, and a signature that is wrong, cut or missing', () => {
    expect(judged({}, Buffer.from('{}'))).toBe(false);
    expect(judged({}, received.body, 'guessed')).toBe(false);
    expect(judged({ 'x-holdfast-signature-256': '00'.repeat(32) })).toBe(false);
    expect(judged({ 'x-holdfast-signature-256': 'abcd' })).toBe(false);
    expect(judged({ 'x-holdfast-signature-256': undefined })).toBe(false);
  });
});
