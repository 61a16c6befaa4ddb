import { describe, expect, it } from 'vitest';
import { type GoogleCalendarConfig } from '../../../../src/adapters/calendars/google/google-client.ts';
import { makeGoogleCalendar } from '../../../../src/adapters/calendars/google/google-calendar.ts';
import { isRetryable } from '../../../../src/domain/calendar/calendar-failure.ts';
import { BOX_ANSWERS } from '../../../support/box-answers.ts';
import { anEvent, fails, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { configFor, DELEGATED, OAUTH, SERVICE_ACCOUNT } from '../../../support/google-stand-in/connect.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();
const find = ownOf(anEvent());

const ACCOUNTS: ReadonlyArray<readonly [string, GoogleCalendarConfig['credentials']]> = [
  ['a host who consented', OAUTH],
  ['a service account', SERVICE_ACCOUNT],
  ['a service account that acts for a user', DELEGATED],
];

describe.each(ACCOUNTS)('the token of %s (Google stand-in)', (_, credentials) => {
  it('is fetched once and kept, also for calls at the same time', async () => {
    const { google, calendar } = await given({ credentials });
    await Promise.all([1, 2, 3, 4].map(() => succeeds(calendar.find(find, live()))));
    await succeeds(calendar.find(find, live()));
    expect(google.received('token')).toHaveLength(1);
  });

  it('is fetched anew, once, when Google does not take it any more', async () => {
    const { google, calendar } = await given({ credentials });
    await succeeds(calendar.find(find, live()));
    google.tokens.expireTokens();
    await succeeds(calendar.create(anEvent(), live()));
    expect(google.received('token')).toHaveLength(2);
    google.faults.always('get', { kind: 'refuse', status: 401, reason: 'authError' });
    expect((await fails(calendar.find(find, live()))).kind).toBe('auth-expired');
    expect(google.received('token')).toHaveLength(3);
  });

  it('that is not given any more means that the credential is revoked', async () => {
    const { google, calendar } = await given({ credentials });
    await succeeds(calendar.find(find, live()));
    google.tokens.revokeGrant();
    expect(await fails(calendar.create(anEvent(), live()))).toMatchObject({
      kind: 'auth-revoked',
      message: expect.stringContaining('invalid_grant'),
    });
    expect(google.primary.events.size).toBe(0);
  });
});

describe('a token request (Google stand-in)', () => {
  it.each([
    [401, 'invalid_client', 'auth-revoked'],
    [401, 'deleted_client', 'auth-revoked'],
    [429, 'rate_limit_exceeded', 'rate-limited'],
    [500, 'internal_failure', 'provider-error'],
    [400, 'temporarily_unavailable', 'provider-error'],
    [400, 'slow_down', 'provider-error'],
    [503, 'server_error', 'provider-error'],
    [400, 'rate_limit_exceeded', 'rate-limited'],
  ])('answered %i %s is %s, without a try of its own', async (status, error, kind) => {
    const { google, calendar } = await given();
    google.faults.always('token', { kind: 'refuse-token', status, error });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe(kind);
    expect(google.received('token')).toHaveLength(1);
  });

  it.each(Object.entries(BOX_ANSWERS))('answered by %s, is tried again', async (_, answer) => {
    const { google, calendar } = await given();
    google.faults.next('token', { kind: 'in-between', answer });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toSatisfy(isRetryable);
    await succeeds(calendar.create(anEvent(), live()));
  });

  it('answered without a token is a provider-error', async () => {
    const { google, calendar } = await given();
    google.faults.next('token', { kind: 'answer', body: {} });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('provider-error');
  });

  it('that stalls ends at the time limit as network: nothing was written', async () => {
    const { google, calendar } = await given({ timeLimitMs: 300 });
    google.faults.always('token', { kind: 'stall' });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('network');
  });

  it('is not ended for the others when one of those who wait for it is aborted', async () => {
    const { google, calendar } = await given();
    google.faults.next('get', { kind: 'stall' });
    const aborting = new AbortController();
    const aborted = fails(calendar.find(find, aborting.signal));
    const patient = succeeds(calendar.create(anEvent(), live()));
    aborting.abort();
    expect((await aborted).kind).toBe('network');
    expect((await patient).providerEventId).not.toBe('');
  });

  it('is refused to a service account that acts for somebody it may not act for', async () => {
    const { calendar } = await given({ credentials: { ...SERVICE_ACCOUNT, subject: 'stranger@example.test' } });
    expect((await fails(calendar.find(find, live()))).kind).toBe('auth-revoked');
  });
});

describe('a credential that cannot be used (Google stand-in)', () => {
  it('is told apart: none at all, and one that is no key', async () => {
    const { google } = await given();
    const connect = (credentials: GoogleCalendarConfig['credentials']) =>
      makeGoogleCalendar(configFor(google, { credentials }), { clock: makeTestClock() });
    const empty = connect({ ...OAUTH, refreshToken: '' });
    expect((await fails(empty.find(find, live()))).kind).toBe('no-credential');
    const broken = connect({ ...SERVICE_ACCOUNT, privateKey: 'no key at all' });
    expect((await fails(broken.find(find, live()))).kind).toBe('auth-revoked');
    expect(google.received()).toEqual([]);
  });

  it('is never quoted in a failure, nor is what Google says in free text', async () => {
    const { google } = await given();
    const wrong = { ...OAUTH, clientSecret: 'wrong-secret-of-the-client' };
    const calendar = makeGoogleCalendar(configFor(google, { credentials: wrong }), { clock: makeTestClock() });
    const other = makeGoogleCalendar(configFor(google), { clock: makeTestClock() });
    google.faults.next('insert', { kind: 'refuse', status: 400, reason: 'runa@example.test is no address' });
    const failures = [await fails(calendar.find(find, live())), await fails(other.create(anEvent(), live()))];
    expect(JSON.stringify(failures)).not.toMatch(/secret|access-token|runa|Bearer/);
  });
});
