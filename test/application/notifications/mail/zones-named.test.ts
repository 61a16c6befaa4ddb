import { describe, expect, it } from 'vitest';
import type { MailKind } from '../../../../src/application/notifications/mail-kinds.ts';
import { objectsUnreadable } from '../../../../src/application/notifications/mail/english/unreadable-mails.ts';
import { english } from '../../../../src/application/notifications/mail/english/english.ts';
import { renderHtml, renderText } from '../../../../src/application/notifications/mail/mail-document.ts';
import type { Mail } from '../../../../src/application/ports/delivery.ts';
import { textOf } from '../../../http/pages/text-of.ts';
import { timesWithoutZone } from '../../../support/times-without-zone.ts';
import { booked, mailsOf, refusing } from './given.helper.ts';

const KINDS = Object.keys(english) as ReadonlyArray<MailKind>;
const said = ({ subject, text, html }: Pick<Mail, 'subject' | 'text' | 'html'>): string =>
  [subject, text.replaceAll(/\s+/g, ' '), textOf(html)].join('\n');

const from = { start: '2050-09-05T09:00:00Z', end: '2050-09-05T09:30:00Z' };
const to = { start: '2050-10-30T00:30:00Z', end: '2050-10-30T01:30:00Z' };
const move = {
  from,
  to,
  by: 'guest',
  reason: null,
  outcome: 'refused',
  why: 'it could not be reached',
  decideBy: to.start,
} as const;
const american = { ...booked.attendee, timeZone: 'America/Argentina/Buenos_Aires', language: 'en-US' };
const told = {
  move,
  failingCalendars: refusing,
  reason: 'Ill',
  alreadySaid: { notConfirmedYet: true, inQuestion: true, confirmed: true, confirmation: true },
};

describe('every instant in a mail names its zone', () => {
  it.each(KINDS)('%s: subject, text and HTML', (kind) => {
    for (const attendee of [booked.attendee, american])
      for (const [key, mail] of mailsOf(kind, { ...told, attendee })) {
        expect(timesWithoutZone(said(mail)), key).toEqual([]);
        expect(mail.subject).toMatch(/\d{1,2}:\d\d(?: [AP]M)? [A-Z]\w+\/[\w /]+ \(UTC[+-]\d\d:\d\d\)$/);
      }
  });

  it.each(KINDS)('%s: the host reads the host’s zone, everybody else the attendee’s', (kind) => {
    for (const [key, { subject }] of mailsOf(kind, { ...told, attendee: american }))
      expect(subject).toContain(key === 'host' ? 'Europe/Oslo (UTC' : 'America/Argentina/Buenos Aires (UTC-03:00)');
  });

  it('entries of a calendar that cannot be read: the host’s zone', () => {
    const objects = [{ href: '/x.ics', reason: 'it has no DTSTART', ...to }];
    const document = objectsUnreadable({
      calendarLabel: 'Work',
      timeZone: 'Europe/Oslo',
      objects,
      more: 0,
      mostADay: 5,
    });
    const all = said({ subject: document.subject, text: renderText(document), html: renderHtml(document) });
    expect(all).toContain('02:30 Europe/Oslo (UTC+02:00)');
    expect(timesWithoutZone(all)).toEqual([]);
  });
});
