import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import {
  foldLine,
  MAX_LINE_OCTETS,
  sanitizeText,
  type VEvent,
  writeICalendar,
} from '../../../src/adapters/icalendar/write-icalendar.ts';

const event: VEvent = {
  uid: 'b1@holdfast',
  sequence: 2,
  dtstamp: '2050-09-01T08:00:00Z',
  start: '2050-09-05T09:00:00Z',
  end: '2050-09-05T09:30:00Z',
  summary: 'Intro; with, Runa',
  description: 'Line one\nC:\\temp',
  location: 'Room 4',
  status: 'CONFIRMED',
  organizer: { name: 'Odd', email: 'odd@example.test' },
  attendees: [{ name: 'Runa "R" ^;:,', email: 'runa@example.test', partstat: 'ACCEPTED', rsvp: true }],
  url: 'https://example.test/booking/b1',
  transparency: 'OPAQUE',
  scheduleAgent: 'CLIENT',
  extra: [['X-HOLDFAST-BOOKING', 'b1']],
};

const read = (text: string): ICAL.Component => {
  const found = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent');
  if (found === null) throw new Error('no VEVENT');
  return found;
};

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '\\',
        ';',
        ',',
        '\n',
        '\r\n',
        '"',
        '^',
        '^n',
        ':',
        '\u0000',
        'é',
        '👩‍👩‍👧',
        'END:VEVENT',
        '\ud800',
        '\u2028',
      ),
    )
    .map((parts) => parts.join('')),
);

// ical.js reads backslash escapes in parameters, which RFC 5545 does not know.
const withoutBackslash = (text: string): string => text.replaceAll('\\', '');

describe('writeICalendar', () => {
  it('writes what ical.js reads back', () => {
    const text = writeICalendar({ method: 'REQUEST', name: 'Odd, bookings', events: [event] });
    const calendar = new ICAL.Component(ICAL.parse(text));
    expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST');
    // ical.js takes NAME and X-WR-CALNAME for an unknown type and leaves the TEXT escapes in.
    expect(calendar.getFirstPropertyValue('name')).toBe('Odd\\, bookings');
    expect(calendar.getFirstPropertyValue('x-wr-calname')).toBe('Odd\\, bookings');
    // ical.js is lenient with what is not escaped; others are not.
    expect(text).toContain('SUMMARY:Intro\\; with\\, Runa\r\n');
    const vevent = read(text);
    const value = (name: string) => String(vevent.getFirstPropertyValue(name));
    expect(value('uid')).toBe('b1@holdfast');
    expect(value('sequence')).toBe('2');
    expect(value('dtstart')).toBe('2050-09-05T09:00:00Z');
    expect(value('dtend')).toBe('2050-09-05T09:30:00Z');
    expect(value('summary')).toBe(event.summary);
    expect(value('description')).toBe(event.description);
    expect(value('url')).toBe(event.url);
    expect(value('x-holdfast-booking')).toBe('b1');
    const attendee = vevent.getFirstProperty('attendee');
    expect(attendee?.getFirstParameter('cn')).toBe('Runa "R" ^;:,');
    expect(attendee?.getFirstParameter('partstat')).toBe('ACCEPTED');
    expect(attendee?.getFirstParameter('rsvp')).toBe('TRUE');
    expect(attendee?.getFirstParameter('schedule-agent')).toBe('CLIENT');
    expect(attendee?.getFirstValue()).toBe('mailto:runa@example.test');
    expect(vevent.getFirstProperty('organizer')?.getFirstParameter('schedule-agent')).toBe('CLIENT');
  });

  it('leaves out METHOD and empty texts', () => {
    const text = writeICalendar({ events: [{ ...event, location: '', extra: [] }] });
    expect(text).not.toMatch(/^METHOD/m);
    expect(text).not.toMatch(/^LOCATION/m);
  });

  it('ends every line with CRLF and folds at 75 octets, whatever the text', () => {
    fc.assert(
      fc.property(hostile, hostile, (summary, name) => {
        const text = writeICalendar({ events: [{ ...event, summary, attendees: [{ name, email: 'a@b.test' }] }] });
        expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        for (const line of text.split('\r\n')) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(MAX_LINE_OCTETS);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('brings hostile texts and names through, and lets none of them add a line', () => {
    fc.assert(
      fc.property(hostile, hostile.map(withoutBackslash), hostile, (description, name, email) => {
        const vevent = read(
          writeICalendar({
            events: [{ ...event, description: `x${description}`, attendees: [{ name: `x${name}`, email }] }],
          }),
        );
        expect(vevent.getFirstPropertyValue('description')).toBe(sanitizeText(`x${description}`));
        expect(vevent.getAllProperties('attendee')).toHaveLength(1);
        expect(vevent.getFirstProperty('attendee')?.getFirstParameter('cn')).toBe(sanitizeText(`x${name}`));
        expect(vevent.getFirstPropertyValue('x-holdfast-booking')).toBe('b1');
      }),
      { numRuns: 200 },
    );
  });

  it('unfolds to the very same line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const line = sanitizeText(text).replaceAll('\n', '');
        expect(foldLine(line).replaceAll('\r\n ', '')).toBe(line);
      }),
    );
  });

  it('percent-encodes what could end or extend a mail address', () => {
    const text = writeICalendar({ events: [{ ...event, attendees: [{ name: 'x', email: 'a b\r\nX:1?cc=c@d' }] }] });
    expect(read(text).getFirstProperty('attendee')?.getFirstValue()).toBe('mailto:a%20b%0AX:1%3Fcc=c@d');
  });

  it.each([
    ['runa@Bücher.example', 'mailto:runa@xn--bcher-kva.example'],
    ['rúna@example.test', 'mailto:r%C3%BAna@example.test'],
    ["!#$%&'*+-/=?^_`{|}~@example.test", "mailto:!%23$%25%26'*+-/=%3F%5E_%60%7B%7C%7D~@example.test"],
    ['a\ud800@example.test', 'mailto:a%EF%BF%BD@example.test'],
  ])('writes %j in ASCII alone: %s', (email, address) => {
    const text = writeICalendar({
      events: [{ ...event, attendees: [{ name: 'x', email }], organizer: { name: 'o', email } }],
    });
    expect(read(text).getFirstProperty('attendee')?.getFirstValue()).toBe(address);
    expect(read(text).getFirstProperty('organizer')?.getFirstValue()).toBe(address);
  });

  it('refuses a time that is no instant', () => {
    expect(() => writeICalendar({ events: [{ ...event, start: '2050-09-05T09:00:00' }] })).toThrow(RangeError);
  });
});
