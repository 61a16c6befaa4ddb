import { describe, expect, it } from 'vitest';
import { makeGoogleCalendar } from '../../../../src/adapters/calendars/google/google-calendar.ts';
import type { FailureKind } from '../../../../src/domain/calendar/calendar-failure.ts';
import { anEvent, fails, hours, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import type { BoxAnswer } from '../../../support/box-answers.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { configFor } from '../../../support/google-stand-in/connect.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();
const window = hours('08:00', '16:00');

const REFUSALS: ReadonlyArray<readonly [number, string, FailureKind]> = [
  [400, 'invalid', 'invalid-request'],
  [403, 'forbidden', 'forbidden'],
  [403, 'insufficientPermissions', 'forbidden'],
  [403, 'rateLimitExceeded', 'rate-limited'],
  [403, 'userRateLimitExceeded', 'rate-limited'],
  [403, 'quotaExceeded', 'rate-limited'],
  [404, 'notFound', 'calendar-not-found'],
  [408, 'timeout', 'provider-error'],
  [429, 'rateLimitExceeded', 'rate-limited'],
  [503, 'backendError', 'provider-error'],
];

describe('a refusal by Google (stand-in)', () => {
  it.each(REFUSALS)('%i %s is %s, for writes and reads, without a try of its own', async (status, reason, kind) => {
    const { google, calendar } = await given();
    google.faults.always('insert', { kind: 'refuse', status, reason });
    google.faults.always('freebusy', { kind: 'refuse', status, reason });
    const failure = await fails(calendar.create(anEvent(), live()));
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(`${status} ${reason}`) });
    expect((await fails(calendar.busy(window, [], live()))).kind).toBe(kind);
    expect(google.received('insert')).toHaveLength(1);
    expect(google.received('freebusy')).toHaveLength(1);
  });

  it.each([
    ['17', 17_000],
    ['Thu, 01 Sep 2050 00:02:00 GMT', 120_000],
    ['86400', 3_600_000],
  ])('with Retry-After %s says how long to wait', async (header, retryAfterMs) => {
    const { google, calendar } = await given();
    const headers = { 'retry-after': header };
    google.faults.next('insert', { kind: 'refuse', status: 429, reason: 'rateLimitExceeded', headers });
    expect(await fails(calendar.create(anEvent(), live()))).toMatchObject({ kind: 'rate-limited', retryAfterMs });
  });
});

/** The newer form of Google's errors: https://google.aip.dev/193 */
const errorInfo = (code: number, status: string, reason: string): BoxAnswer => ({
  status: code,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    error: {
      code,
      status,
      message: 'for runa@example.test',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }],
    },
  }),
});

describe('an error with ErrorInfo (Google stand-in)', () => {
  it.each([
    [403, 'PERMISSION_DENIED', 'RATE_LIMIT_EXCEEDED', 'rate-limited', '403 RATE_LIMIT_EXCEEDED'],
    [403, 'RESOURCE_EXHAUSTED', '', 'rate-limited', '403 RESOURCE_EXHAUSTED'],
    [429, 'RESOURCE_EXHAUSTED', 'RATE_LIMIT_EXCEEDED', 'rate-limited', '429 RATE_LIMIT_EXCEEDED'],
    [403, 'PERMISSION_DENIED', 'SERVICE_DISABLED', 'forbidden', 'is not enabled'],
    [403, 'PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'forbidden', 'lacks a scope'],
    [404, 'NOT_FOUND', '', 'calendar-not-found', '404 NOT_FOUND'],
    [503, 'UNAVAILABLE', '', 'provider-error', '503 UNAVAILABLE'],
  ])('%i %s %s is %s', async (code, status, reason, kind, said) => {
    const { google, calendar } = await given();
    google.faults.always('insert', { kind: 'in-between', answer: errorInfo(code, status, reason) });
    const failure = await fails(calendar.create(anEvent(), live()));
    expect(failure).toMatchObject({ kind, message: expect.stringContaining(said) });
    expect(failure.message).not.toContain('runa');
  });

  it('says for writes that a fault of its own leaves unknown what was done', async () => {
    const { google, calendar } = await given();
    google.faults.always('insert', { kind: 'refuse', status: 500, reason: 'backendError' });
    google.faults.always('freebusy', { kind: 'refuse', status: 500, reason: 'backendError' });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('outcome-unknown');
    expect((await fails(calendar.busy(window, [], live()))).kind).toBe('provider-error');
  });

  it('waits as long as a 503 asks for', async () => {
    const { google, calendar } = await given();
    const headers = { 'retry-after': 'Thu Sep  1 00:00:30 2050' };
    google.faults.next('insert', { kind: 'refuse', status: 503, reason: 'backendError', headers });
    expect(await fails(calendar.create(anEvent(), live()))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 30_000,
    });
  });
});

describe('a connection that fails (Google stand-in)', () => {
  it('before anything was sent is network, for writes too', async () => {
    const { google } = await given();
    const nobody = { rootUrl: 'http://127.0.0.1:1/', tokenUrl: google.tokenUrl };
    const calendar = makeGoogleCalendar(configFor(nobody), { clock: makeTestClock() });
    expect(await fails(calendar.create(anEvent(), live()))).toMatchObject({
      kind: 'network',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('after a write was sent is outcome-unknown, whether Google acted or not', async () => {
    const { google, calendar } = await given();
    google.faults.next('insert', { kind: 'drop' });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('outcome-unknown');
    const stored = await succeeds(calendar.create(anEvent(), live()));
    google.faults.next('patch', { kind: 'commit-and-drop' });
    expect((await fails(calendar.change(anEvent({ summary: 'New' }), stored, live()))).kind).toBe('outcome-unknown');
    expect(google.primary.events.get(stored.providerEventId)?.summary).toBe('New');
  });

  it('while reading is network', async () => {
    const { google, calendar } = await given();
    google.faults.always('freebusy', { kind: 'drop' });
    google.faults.always('get', { kind: 'drop' });
    expect((await fails(calendar.busy(window, [], live()))).kind).toBe('network');
    expect((await fails(calendar.find(ownOf(anEvent()), live()))).kind).toBe('network');
    expect(google.received('freebusy')).toHaveLength(1);
  });

  it('by an abort while a write is under way is outcome-unknown', async () => {
    const { google, calendar } = await given();
    google.faults.next('insert', { kind: 'stall' });
    const aborting = new AbortController();
    const writing = fails(calendar.create(anEvent(), aborting.signal));
    await google.whenReceived('insert', 1);
    aborting.abort();
    expect((await writing).kind).toBe('outcome-unknown');
  });
});
