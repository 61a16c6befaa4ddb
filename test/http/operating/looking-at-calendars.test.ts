import { describe, expect, test } from 'vitest';
import { lookAtCalendar } from '../../../src/cli/api/calendar-commands.ts';
import type { LookedAt } from '../../../src/application/watching/calendar-watching.ts';
import { at } from '../../support/http-client.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const operator = { key: 'cal_operate' };
const path = '/v2/holdfast/calendars/odd-private/look';

/** An app whose watching answers so, and what it was asked. */
const given = async (answer: Partial<LookedAt> | null = {}) => {
  const asked: Array<readonly [string, string | undefined]> = [];
  const looked = { calendarId: 'odd-private', watched: 12, asked: 1, found: 1, failed: false, stopped: false };
  const app = await started({
    deps: {
      lookAtCalendar: async (id, how) => {
        asked.push([id, how]);
        return answer === null ? null : { ...looked, ...answer };
      },
    },
  });
  const terminal = recordingTerminal();
  const run = (how?: 'accept' | 'restore') =>
    lookAtCalendar({ terminal, env: {}, end: () => undefined }, 'odd-private', how, {
      url: app.url,
      apiKey: 'cal_operate',
    });
  return { app, asked, run, terminal };
};

describe('POST /v2/holdfast/calendars/{id}/look', () => {
  test('given an operator, then the calendar is looked at, and what was found is said', async () => {
    const { app, asked } = await given();
    const reply = await app.post(path, {}, operator);
    expect(reply.status).toBe(200);
    expect(at(reply.body, 'data')).toMatchObject({ watched: 12, found: 1, stopped: false });
    await app.post(path, { how: 'accept' }, operator);
    await app.post(path, { how: 'restore' }, operator);
    expect(asked).toEqual([
      ['odd-private', undefined],
      ['odd-private', 'accept'],
      ['odd-private', 'restore'],
    ]);
  });

  test('given another word, or a key that may not, then nothing is looked at', async () => {
    const { app, asked } = await given();
    expectError(await app.post(path, { how: 'delete' }, operator), 400, 'invalid_request');
    expect((await app.post(path, {}, { key: 'cal_host_odd' })).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test('given a calendar that is not watched, then that is said', async () => {
    const { app } = await given(null);
    expectError(await app.post(path, {}, operator), 404, 'calendar_not_found');
  });
});

describe('holdfast calendar look, accept-differences, restore', () => {
  test('given a calendar that answers, then it ends well and says what was found', async () => {
    const { run, terminal, asked } = await given();
    expect(await run()).toBe(0);
    expect(terminal.written.out).toEqual(['12 events are watched, 1 were changed there']);
    expect(await run('restore')).toBe(0);
    expect(asked.map(([, how]) => how)).toEqual([undefined, 'restore']);
  });

  test.each([
    [
      'more was changed than people do at once',
      { stopped: true, found: 9 },
      'holdfast calendar accept-differences odd-private',
    ],
    ['the calendar did not answer', { failed: true }, 'try again'],
  ])('given that %s, then it ends with 1 and says what to do', async (_, answer, todo) => {
    const { run, terminal } = await given(answer);
    expect(await run()).toBe(1);
    expect(terminal.written.out.join('\n')).toContain(todo);
  });
});
