import { expect, test } from 'vitest';
import type { PushMessage } from '../../../src/application/watching/calendar-watching.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const headers = { 'x-goog-channel-id': 'c1', 'x-goog-channel-token': 't1', 'x-goog-resource-state': 'exists' };

/** An app with one channel, `c1`, whose token is `t1`. */
const given = async () => {
  const told: PushMessage[] = [];
  const pushed = (message: PushMessage) => {
    told.push(message);
    return message.channelId === 'c1' && message.token === 't1';
  };
  return { app: await started({ deps: { pushed } }), told };
};

test('given a word on a channel of ours, with or without a body, then it is taken', async () => {
  const { app, told } = await given();
  expect((await app.post('/calendars/push', undefined, { headers })).status).toBe(200);
  expect((await app.post('/calendars/push', {}, { headers })).status).toBe(200);
  expect(told).toEqual(Array.from({ length: 2 }, () => ({ channelId: 'c1', token: 't1', state: 'exists' })));
});

test('given no headers, another channel or another token, then there is no such channel', async () => {
  const { app } = await given();
  for (const wrong of [{}, { ...headers, 'x-goog-channel-id': 'c2' }, { ...headers, 'x-goog-channel-token': 'é' }])
    expectError(await app.post('/calendars/push', undefined, { headers: wrong }), 404, 'push_channel_not_found');
});

test('given a body that is too large, then it is refused, and nobody is told', async () => {
  const { app, told } = await given();
  expectError(await app.post('/calendars/push', 'x'.repeat(2_000_000), { headers }), 413, 'body_too_large');
  expect(told).toEqual([]);
});
