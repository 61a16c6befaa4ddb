import { expect, it } from 'vitest';
import type { CalendarPush } from '../../../../src/application/ports/calendar.ts';
import { fails, live, succeeds } from '../../../contract/calendar/given.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();
const UNTIL = 2_550_000_000_000;
const wanted = { id: 'channel-1', token: 'a-token', address: 'https://book.example/calendars/push', untilMs: UNTIL };

const withPush = async () => {
  const { google, calendar } = await given();
  const push: CalendarPush | undefined = calendar.watch?.push;
  if (push === undefined) throw new Error('it tells of nothing');
  return { google, push };
};

it('opens a channel for the calendar, and stops it (Google stand-in)', async () => {
  const { google, push } = await withPush();
  const opened = await succeeds(push.open(wanted, live()));
  expect(opened).toMatchObject({ id: 'channel-1', untilMs: UNTIL });
  expect(google.channels.all()).toMatchObject([{ token: 'a-token', address: wanted.address, expiration: UNTIL }]);
  await succeeds(push.close(opened, live()));
  expect(google.channels.all()).toEqual([]);
});

it('goes by the time that Google grants, which may be less', async () => {
  const { google, push } = await withPush();
  google.channels.endBy(UNTIL - 1_000);
  expect((await succeeds(push.open(wanted, live()))).untilMs).toBe(UNTIL - 1_000);
});

it('a refusal and an answer that is no channel are failures', async () => {
  const { google, push } = await withPush();
  const refused = await fails(push.open({ ...wanted, address: 'http://book.example/' }, live()));
  expect(refused).toMatchObject({ kind: 'invalid-request' });
  google.faults.next('watch', { kind: 'answer', body: { kind: 'api#channel', id: 'another', resourceId: 'r' } });
  expect((await fails(push.open(wanted, live()))).kind).toBe('provider-error');
  google.faults.next('watch', { kind: 'refuse', status: 401, reason: 'webhookUrlUnauthorized' }, 2);
  expect((await fails(push.open(wanted, live()))).kind).toBe('auth-expired');
});
