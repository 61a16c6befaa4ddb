import type { Mail } from '../../src/application/ports/delivery.ts';

/** An invitation small enough to read in a failing test. */
export const exampleInvitation = (method: 'REQUEST' | 'CANCEL' = 'REQUEST'): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Holdfast//Test//EN',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    'UID:booking1@holdfast.example',
    'DTSTAMP:20500901T090000Z',
    'DTSTART:20500905T090000Z',
    'DTEND:20500905T093000Z',
    'SEQUENCE:0',
    'SUMMARY:Intro with Rúna',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

/** A mail to Runa about a booking; `changes` replaces what a test is about. */
export const exampleMail = (changes: Partial<Mail> = {}): Mail => ({
  messageId: '<11111111-2222-5333-8444-555555555555.attendee@holdfast.example>',
  to: { name: 'Runa Solberg', address: 'runa@example.com' },
  replyTo: { name: 'Odd Hansen', address: 'odd@example.org' },
  subject: 'Confirmed: Intro with Odd Hansen',
  text: 'Your booking is confirmed.\n',
  html: '<p>Your booking is confirmed.</p>',
  ...changes,
});
