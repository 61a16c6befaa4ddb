import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import type { Mail } from '../../../../src/application/ports/delivery.ts';
import { booked, cancelledBooking, mailsOf, mailTo, room } from './given.helper.ts';

const eventOf = (mail: Mail) => {
  const calendar = ICAL.Component.fromString(mail.icalendar?.content ?? '');
  const vevent = calendar.getFirstSubcomponent('vevent');
  if (vevent === null) throw new Error('no VEVENT');
  const value = (name: string) => String(vevent.getFirstPropertyValue(name));
  const attendees = vevent.getAllProperties('attendee').map((property) => String(property.getFirstValue()));
  return { method: calendar.getFirstPropertyValue('method'), value, attendees };
};

describe('the invitation', () => {
  it('S01 is a REQUEST of the one event, for attendee, guests and host', () => {
    for (const mail of mailsOf('confirmed').values()) {
      const { method, value } = eventOf(mail);
      expect([method, mail.icalendar?.method]).toEqual(['REQUEST', 'REQUEST']);
      expect(['uid', 'sequence', 'status', 'dtstart', 'dtend'].map(value)).toEqual([
        booked.icsUid,
        '0',
        'CONFIRMED',
        '2050-09-05T09:00:00Z',
        '2050-09-05T09:30:00Z',
      ]);
      expect(value('organizer')).toBe('mailto:odd@example.org');
    }
  });

  it('S36 I6 is a CANCEL with the same UID and the higher SEQUENCE', () => {
    for (const mail of mailsOf('cancelled', cancelledBooking).values()) {
      const { method, value } = eventOf(mail);
      expect([method, mail.icalendar?.method]).toEqual(['CANCEL', 'CANCEL']);
      expect(['uid', 'sequence', 'status'].map(value)).toEqual([booked.icsUid, '1', 'CANCELLED']);
    }
  });

  it('is not sent where nothing was confirmed before the cancelling', () => {
    for (const mail of mailsOf('cancelled').values()) {
      expect(mail).not.toHaveProperty('icalendar');
      expect(mail.text).not.toContain('attached');
    }
  });

  it('names everybody to the host, and to everybody else only themselves', () => {
    expect(eventOf(mailTo('host', 'confirmed')).attendees).toEqual([
      'mailto:runa@example.com',
      'mailto:kari@example.net',
      'mailto:per@example.net',
    ]);
    expect(eventOf(mailTo('attendee', 'confirmed')).attendees).toEqual(['mailto:runa@example.com']);
    expect(eventOf(mailTo('guest-2', 'confirmed')).attendees).toEqual(['mailto:per@example.net']);
  });

  const description = (key: 'attendee' | 'guest-1' | 'host', changes: Parameters<typeof mailTo>[2] = {}) =>
    eventOf(mailTo(key, 'confirmed', changes)).value('description');

  it('describes the booking: place, room, answers, and to the attendee where it is managed', () => {
    expect(description('attendee', room()).split('\n')).toEqual([
      'Intro: Odd Hansen and Runa Solberg',
      'Where: Storgata 1, Oslo',
      'Video link: https://meet.example/odd-runa',
      'What is it about?: The roof.',
      'It leaks.',
      'Change or cancel: https://book.example/manage/01k3abc?token=secret',
    ]);
  });

  it('describes it to the host with their page, and to a guest without answers and without a token', () => {
    expect(description('host').split('\n').at(-1)).toBe(
      'The booking on your page: https://book.example/bookings/01k3abc/host',
    );
    expect(description('guest-1')).toBe('Intro: Odd Hansen and Runa Solberg\nWhere: Storgata 1, Oslo');
    for (const key of ['host', 'guest-1'] as const) expect(description(key)).not.toContain('token');
  });

  it('S12 has the room as its place, else the place', () => {
    expect(eventOf(mailTo('attendee', 'confirmed', room(true))).value('location')).toBe(
      'https://meet.example/odd-runa',
    );
    expect(eventOf(mailTo('attendee', 'confirmed')).value('location')).toBe('Storgata 1, Oslo');
  });
});
