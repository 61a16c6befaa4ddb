import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { endpointsOf } from '../../src/http/app.ts';
import { statusByCode } from '../../src/http/errors/api-error.ts';
import { testApps } from '../support/test-apps.ts';

const page = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');
const started = testApps();

describe('docs/http.md', () => {
  test('lists every code under its status, and none that is not there', () => {
    const rows = page.split('\n').filter((line) => /^\| \d{3}(, \d{3})* +\|/.test(line));
    const listed = rows.flatMap((row) => {
      const [, statuses = '', codes = ''] = row.split('|');
      return [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => ({ code, statuses: statuses.trim().split(', ') }));
    });
    expect(listed.map(({ code }) => code).toSorted()).toEqual(Object.keys(statusByCode).toSorted());
    const misplaced = Object.entries(statusByCode).filter(
      ([code, status]) => !listed.some((one) => one.code === code && one.statuses.includes(String(status))),
    );
    expect(misplaced).toEqual([]);
  });

  test('names every route', async () => {
    const { deps } = await started();
    for (const { path } of endpointsOf(deps)) {
      const written = path
        .replace(':uid', '{uid}')
        .replace(':group', '{group}')
        .replace(':feedName', '{name}')
        .replace(':attendeeId', '{attendeeId}')
        .replace(':deliveryId', '{deliveryId}')
        .replace(':id', '{id}');
      const named = written.replace('/v2/bookings/{uid}/decline', '`, `/decline`');
      expect(page).toContain(named);
    }
  });
});
