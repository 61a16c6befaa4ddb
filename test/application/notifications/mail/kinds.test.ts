import { describe, expect, it } from 'vitest';
import type { MailFacts } from '../../../../src/application/notifications/mail/mail-facts.ts';
import type { MailKind } from '../../../../src/application/notifications/mail-kinds.ts';
import { cancelledBooking, mailsOf, mailTo, refusing, room } from './given.helper.ts';

const everythingOf = (kind: MailKind, changes: Partial<MailFacts> = {}) =>
  [...mailsOf(kind, changes).values()].map(({ subject, text, html }) => `${subject}\n${text}\n${html}`).join('\n');

describe('who is told', () => {
  it.each([
    ['confirmed', ['attendee', 'guest-1', 'guest-2', 'host']],
    ['received-not-confirmed', ['attendee']],
    ['awaiting-approval', ['attendee']],
    ['approval-needed', ['host']],
    ['approval-reminder', ['host']],
    ['action-needed', ['host']],
    ['calendar-behind', ['host']],
    ['expired', ['attendee', 'host']],
    ['declined', ['attendee']],
    ['reminder', ['attendee', 'guest-1', 'guest-2', 'host']],
    ['no-show-check', ['host']],
    ['removal-pending', ['host']],
  ] as const)('%s: %j', (kind, keys) => {
    expect([...mailsOf(kind).keys()]).toEqual(keys);
  });

  it('S36 cancelled: everybody who was told "confirmed", and no guest who never was', () => {
    expect([...mailsOf('cancelled', cancelledBooking).keys()]).toEqual(['attendee', 'guest-1', 'guest-2', 'host']);
    expect([...mailsOf('cancelled').keys()]).toEqual(['attendee', 'host']);
  });

  it('no guest learns an address, an answer or a link of somebody else', () => {
    for (const kind of ['confirmed', 'reminder', 'cancelled'] as const) {
      const mail = mailTo('guest-1', kind, { ...room(), ...(kind === 'cancelled' ? cancelledBooking : {}) });
      const all = JSON.stringify(mail);
      expect(mail.to).toEqual({ name: '', address: 'kari@example.net' });
      for (const secret of ['per@example.net', 'runa@example.com', 'It leaks', 'token=', '/host'])
        expect(all).not.toContain(secret);
    }
  });
});

describe('confirmed', () => {
  it('S01 tells attendee and host, each in their own zone with the other one beside it', () => {
    expect(mailTo('attendee', 'confirmed').text).toContain(
      '10:00 – 10:30 Europe/London (UTC+01:00)\n  11:00 – 11:30 Europe/Oslo (UTC+02:00), for Odd Hansen',
    );
    expect(mailTo('host', 'confirmed').text).toContain(
      '11:00 – 11:30 Europe/Oslo (UTC+02:00)\n  10:00 – 10:30 Europe/London (UTC+01:00), for Runa Solberg',
    );
  });

  it('S04 names the calendars that failed to the host, and to nobody else', () => {
    const mails = mailsOf('confirmed', { failingCalendars: refusing });
    expect(mails.get('host')?.text).toContain('not all of your calendars hold it');
    expect(mails.get('host')?.text).toContain('Work (Nextcloud)');
    for (const key of ['attendee', 'guest-1'] as const) {
      const { text, html } = mailTo(key, 'confirmed', { failingCalendars: refusing });
      expect(text + html).not.toMatch(/Nextcloud|401|not all of your/);
    }
  });

  it('S07 takes back what an earlier mail said, and only then', () => {
    const alreadySaid = { notConfirmedYet: true, inQuestion: false, confirmed: false, confirmation: false };
    const { subject, text } = mailTo('attendee', 'confirmed', { alreadySaid });
    expect(subject).toMatch(/^Now confirmed: Intro/);
    expect(text).toContain('Earlier we wrote that your booking was not confirmed yet. It is confirmed now.');
    expect(mailTo('guest-1', 'confirmed', { alreadySaid }).text).not.toContain('Earlier');
    expect(everythingOf('confirmed')).not.toMatch(/Earlier|Now confirmed/);
  });

  it('S12 gives the fallback link and says that it is one; the usual link without a remark', () => {
    for (const key of ['attendee', 'guest-1', 'host'] as const) {
      const fallback = mailTo(key, 'confirmed', room(true)).text;
      expect(fallback).toContain('The link below is a replacement');
      expect(fallback).toContain('https://meet.example/odd-runa');
    }
    expect(everythingOf('confirmed', room())).toContain('https://meet.example/odd-runa');
    expect(everythingOf('confirmed', room())).not.toContain('replacement');
  });

  it('S13 alerts the host that there is no room, and tells the others that the link is still to come', () => {
    const roomless = { roomFailure: 'the provider is down' };
    expect(mailTo('host', 'confirmed', roomless).text).toContain('Action needed: no video room could be made');
    expect(mailTo('host', 'confirmed', roomless).text).toContain('the provider is down');
    expect(mailTo('attendee', 'confirmed', roomless).text).toContain('There is no video link yet');
    expect(mailTo('attendee', 'confirmed', roomless).text).not.toContain('the provider is down');
  });
});

describe('at the times that the clock brings', () => {
  it('a reminder says when and where in the zone of whoever reads it, and brings no invitation', () => {
    const mails = mailsOf('reminder', room());
    for (const mail of mails.values()) {
      expect(mail).not.toHaveProperty('icalendar');
      expect(mail.subject).toMatch(/^Reminder: Intro/);
      expect(mail.text).toContain('https://meet.example/odd-runa');
    }
    expect(mails.get('attendee')?.text).toContain('10:00 – 10:30 Europe/London (UTC+01:00)');
    expect(mails.get('host')?.text).toContain('11:00 – 11:30 Europe/Oslo (UTC+02:00)');
  });

  it('a reminder does not say how long it is until then: nobody knows when it is read', () => {
    expect(everythingOf('reminder')).not.toMatch(/\bin (\d+|an?) (minute|hour|day)/);
  });

  it('the host is asked who came, and nothing is claimed', () => {
    const { subject, text } = mailTo('host', 'no-show-check');
    expect(subject).toMatch(/^Did everybody come\?: Intro/);
    expect(text).toContain('Holdfast cannot know who is there');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('say so on the page of the booking');
    expect(text).not.toContain('API key');
  });
});

describe('not confirmed', () => {
  const unconfirmed: ReadonlyArray<MailKind> = [
    'received-not-confirmed',
    'awaiting-approval',
    'approval-needed',
    'approval-reminder',
    'action-needed',
    'expired',
    'declined',
    'removal-pending',
  ];

  it.each(unconfirmed)('S02 S03 %s: no invitation, no room, never the word that it is confirmed', (kind) => {
    const facts = { ...room(), location: 'https://meet.example/odd-runa', failingCalendars: refusing };
    for (const mail of mailsOf(kind, facts).values()) expect(mail).not.toHaveProperty('icalendar');
    const all = everythingOf(kind, facts);
    expect(all).not.toContain('meet.example');
    expect(all).not.toMatch(/>Confirmed<|^Confirmed|booking (with Odd Hansen )?is confirmed\b(?! on its own)/m);
  });

  it('I4 tells the attendee that it is not confirmed, until when the time is held, and that word will come', () => {
    for (const kind of ['received-not-confirmed', 'awaiting-approval'] as const) {
      const { text } = mailTo('attendee', kind);
      expect(text).toMatch(/^Not confirmed yet: /);
      expect(text).toContain('held for you until Friday, 2 September 2050, 13:00 Europe/London (UTC+01:00)');
      expect(text).toContain('We will write to you either way');
      expect(mailTo('attendee', kind, { deadline: null }).text).toContain('The time is held for you meanwhile');
    }
  });

  it('S05 tells the host every calendar, why, what to do, and what happens by when', () => {
    const { text } = mailTo('host', 'action-needed', { failingCalendars: refusing });
    expect(text).toMatch(
      /- Work \(Nextcloud\)\n {2}Why: .*password was changed.*\n {2}What to do: .*\n {2}Trying again will not help/,
    );
    expect(text).toMatch(
      /- Home\n {2}Why: It could not be reached.*\n {2}What to do: .*\n {2}Holdfast tries again on its own, next on Thursday, 1 September 2050, 10:00:07 Europe\/Oslo \(UTC\+02:00\)\./,
    );
    for (const { message } of refusing) expect(text).toContain(`The calendar said: ${message}`);
    expect(text).toContain('by Friday, 2 September 2050, 14:00 Europe/Oslo (UTC+02:00), the booking expires');
  });

  it('S04 does not call a confirmed booking unconfirmed, where only one of its calendars lacks it', () => {
    const { text } = mailTo('host', 'calendar-behind', { failingCalendars: refusing });
    expect(text).toContain('The booking is confirmed, but not all of your calendars hold it.');
    expect(text).not.toMatch(/not confirmed|expires|waiting/);
  });

  it('a request that competes: nobody is told that the time is held', () => {
    const competing = { holdsSlot: false };
    expect(mailTo('attendee', 'awaiting-approval', competing).text).toMatch(/not held for you .*others may ask/s);
    expect(mailTo('attendee', 'awaiting-approval').text).toContain('The time is held for you until');
    const host = mailTo('host', 'approval-needed', competing).text;
    expect(host).toContain('the first that you approve gets it');
    expect(host).not.toContain('the time is freed');
  });

  it('S20 asks the host to decide without any link that decides', () => {
    const page = 'https://book.example/decide/1';
    const withPage = mailTo('host', 'approval-needed', { hostLink: page });
    expect(withPage.html.match(/href="([^"]+)"/g)).toEqual([`href="${page}"`]);
    expect(withPage.text).toContain('Opening the page decides nothing');
  });
});

describe('ended', () => {
  it('expired says why: the calendar, or no answer', () => {
    expect(mailTo('attendee', 'expired').text).toContain(
      'could not be written into the calendar of Odd Hansen in time',
    );
    const unanswered = { pendingReason: 'awaiting_approval' } as const;
    expect(mailTo('attendee', 'expired', unanswered).text).toContain('Odd Hansen did not answer in time');
    expect(mailTo('host', 'expired', unanswered).text).toContain('It was not approved in time');
  });

  it.each([
    ['guest', 'attendee', 'You cancelled'],
    ['guest', 'host', 'Runa Solberg cancelled'],
    ['host', 'attendee', 'Odd Hansen cancelled'],
    ['host', 'host', 'You cancelled'],
    ['host', 'guest-1', 'Odd Hansen cancelled'],
    ['operator', 'attendee', 'cancelled for Odd Hansen'],
  ] as const)('cancelled by %s, to %s: %s, with the reason', (endedBy, key, words) => {
    const { text } = mailTo(key, 'cancelled', { ...cancelledBooking, endedBy });
    expect(text).toContain(words);
    expect(text).toContain('Reason:\n  The train is late');
  });

  it('S18 declined says the reason', () => {
    expect(mailTo('attendee', 'declined', { reason: 'On holiday' }).text).toContain('Reason:\n  On holiday');
  });

  it('S37 removal pending names the calendar and the event to delete', () => {
    const { text } = mailTo('host', 'removal-pending', { failingCalendars: refusing.slice(0, 1) });
    expect(text).toContain('delete this event by hand');
    expect(text).toContain('Monday, 5 September 2050\n  11:00 – 11:30 Europe/Oslo');
    expect(text).toContain('Work (Nextcloud)');
  });
});
