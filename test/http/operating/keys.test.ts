import { describe, expect, test } from 'vitest';
import { at } from '../../support/http-client.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const operator = { key: 'cal_operate' };
const path = '/v2/holdfast/keys';

describe('/v2/holdfast/keys, while the server runs', () => {
  test('a key is made and shown this once, listed without it, opens at once, and is revoked at once', async () => {
    const app = await started();
    const made = await app.post(path, { name: 'desk', roles: ['operate'] }, operator);
    expect(made.status).toBe(201);
    const key = String(at(made.body, 'data', 'key'));
    const id = String(at(made.body, 'data', 'id'));
    expect(key).toMatch(/^cal_[0-9a-f]{64}$/);
    const listed = await app.get(path, operator);
    expect(listed.text).not.toContain(key);
    expect(at(listed.body, 'data', 'keys')).toMatchObject([{ id, name: 'desk', hostId: null, revokedAt: null }]);
    expect((await app.deps.manageKeys.list()()) as object).toMatchObject({ right: [{ id, roles: ['operate'] }] });
    for (const _again of [1, 2]) {
      const revoked = await app.delete(`${path}/${id}`, operator);
      expect(at(revoked.body, 'data')).toEqual({ id, revoked: true });
    }
    expect(at((await app.get(path, operator)).body, 'data', 'keys', 0, 'revokedAt')).not.toBeNull();
    expectError(await app.delete(`${path}/key_0`, operator), 404, 'key_not_found');
  });

  test('nobody gives a role that their own key has not, nor a key of no host', async () => {
    const app = await started();
    const audit = await app.post(path, { name: 'x', roles: ['operate', 'audit'] }, operator);
    expectError(audit, 403, 'forbidden');
    expect(at(audit.body, 'message')).toContain('audit');
    expectError(
      await app.post(path, { name: 'x', roles: ['operate'], hostId: 'nobody' }, operator),
      400,
      'invalid_request',
      ['hostId'],
    );
    expectError(await app.post(path, { name: '', roles: [] }, operator), 400, 'invalid_request', ['name', 'roles']);
    expect(at((await app.get(path, operator)).body, 'data', 'keys')).toEqual([]);
  });
});
