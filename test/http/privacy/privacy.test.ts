import * as E from 'fp-ts/lib/Either.js';
import { expect, test } from 'vitest';
import { type HttpDeps } from '../../../src/http/http-deps.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const operator = { key: 'cal_operate' };
const path = '/v2/holdfast/privacy';
const fullDisk = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { errno: -28, code: 'ENOSPC' }));

const privacy: HttpDeps['privacy'] = {
  exportPerson: fullDisk,
  forgetPerson: async () => E.left({ type: 'Unavailable', reason: 'database or disk is full' }),
  rotateKey: fullDisk,
};

test('given a full disk, then it is said that this is not done, and is to be asked once more', async () => {
  const app = await started({ deps: { privacy } });
  const forgotten = await app.post(`${path}/forget`, { email: 'nils@example.org' }, operator);
  const rotated = await app.post(`${path}/rotate-key`, {}, operator);
  for (const reply of [forgotten, rotated]) {
    expectError(reply, 503, 'store_unavailable');
    expect(reply.text).toContain('Ask once more');
  }
  expect(JSON.stringify(app.logged)).toContain('ENOSPC');
  expect(app.logged.filter(({ type }) => type === 'fault')).toEqual([]);
});
