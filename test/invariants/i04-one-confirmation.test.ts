import { describe, expect, it } from 'vitest';
import { bookingsIn } from '../support/log-checks.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import type { GivenServer } from './given-server.ts';
import { givenServer, SUBSCRIPTION } from './given-server.ts';
import { book, cancel, confirm, decline, uidOf } from './guests.ts';
import { recordingMailer } from './recording-mailer.ts';

const poll = { timeout: 15_000, interval: 25 };
const quiet = (server: GivenServer) => expect.poll(() => unfinished(server.log(), SUBSCRIPTION), poll).toEqual([]);

/** Who got what, as the first words of the subjects. */
const told = (mails: GivenServer['mails'], name = 'runa'): ReadonlyArray<string> =>
  mails.filter(({ to }) => to.address.startsWith(name)).map(({ subject }) => subject.split(':')[0] ?? '');

describe('I4 one confirmation per acceptance, and nobody without word', () => {
  it('accepted at once: one confirmation each, however often the server starts again', async () => {
    const server = await givenServer({ calendars: [scriptedCalendar({ calendarId: 'work' })] });
    await book(server.client());
    await quiet(server);
    for (let again = 0; again < 3; again += 1) await server.restart();
    await server.idle();
    expect([told(server.mails), told(server.mails, 'odd')]).toEqual([['Confirmed'], ['Confirmed']]);
  });

  it('left pending by failure: told so, guest and host, and "confirmed" only after the late success', async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    calendar.always('create', { type: 'refuse', kind: 'network' });
    const server = await givenServer({ calendars: [calendar] });
    await book(server.client());
    await expect.poll(() => told(server.mails, 'odd'), poll).toEqual(['Action needed']);
    await expect.poll(() => told(server.mails), poll).toEqual(['Not confirmed yet']);
    calendar.always('create', { type: 'accept' });
    await quiet(server);
    await server.idle();
    expect(told(server.mails)).toEqual(['Not confirmed yet', 'Now confirmed']);
    expect(told(server.mails, 'odd')).toEqual(['Action needed', 'Now confirmed']);
  });

  it('with approval: both hear that it waits; yes is told as a confirmation, no as a refusal', async () => {
    const server = await givenServer({ calendars: [scriptedCalendar({ calendarId: 'work' })] });
    const yes = uidOf(await book(server.client(), { eventTypeId: 2 }));
    const no = uidOf(await book(server.client(), { eventTypeId: 2, minutes: 30 }));
    await quiet(server);
    await server.idle();
    expect(told(server.mails)).toEqual(['Request sent', 'Request sent']);
    expect(told(server.mails, 'odd')).toEqual(['Approve or decline', 'Approve or decline']);
    await confirm(server.client(), yes);
    await decline(server.client(), no);
    await quiet(server);
    await server.idle();
    expect(told(server.mails).slice(2).toSorted()).toEqual(['Confirmed', 'Declined']);
    expect(told(server.mails, 'odd').slice(2)).toEqual(['Confirmed']);
  });

  it('a mail server that fails at first: nothing is lost, nothing is said twice', async () => {
    const { mailer, mails, fail } = recordingMailer();
    fail(...Array.from({ length: 5 }, () => ({ type: 'try-later', message: '451' }) as const));
    const server = await givenServer({ mailer });
    await book(server.client());
    await quiet(server);
    await server.idle();
    expect([told(mails), told(mails, 'odd')]).toEqual([['Confirmed'], ['Confirmed']]);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(2);
  });

  it('a mail server that refuses for good: the booking stands, and the log says who was not told', async () => {
    const { mailer, fail } = recordingMailer();
    fail({ type: 'refused', message: '550' }, { type: 'refused', message: '550' });
    const server = await givenServer({ mailer });
    await book(server.client());
    await expect.poll(() => server.log().filter(({ type }) => type === 'NotificationParked').length, poll).toBe(2);
    expect(bookingsIn(server.log()).map(({ status }) => status)).toEqual(['accepted']);
  });

  it('many at once, some cancelled: each acceptance that stands has one Message-ID for each who is told', async () => {
    const server = await givenServer({ calendars: [scriptedCalendar({ calendarId: 'work' })] });
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const booked = await book(server.client(), { minutes: index * 30, prefer: 'respond-async' });
        if (index % 3 === 0) await cancel(server.client(), uidOf(booked));
      }),
    );
    await quiet(server);
    await server.idle();
    const ids = server.mails.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
    const accepted = server
      .log()
      .filter(({ type }) => type === 'BookingAccepted')
      .map(({ id }) => id);
    const confirmed = told(server.mails).filter((kind) => kind === 'Confirmed').length;
    expect(confirmed).toBeGreaterThanOrEqual(8);
    expect(confirmed).toBeLessThanOrEqual(accepted.length);
    expect(told(server.mails).filter((kind) => kind === 'Cancelled')).toHaveLength(4);
  });
});
