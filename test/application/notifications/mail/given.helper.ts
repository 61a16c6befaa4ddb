import { writeICalendar } from '../../../../src/adapters/icalendar/write-icalendar.ts';
import type { Mail } from '../../../../src/application/ports/delivery.ts';
import { composeMail } from '../../../../src/application/notifications/mail/compose-mail.ts';
import type { Guest } from '../../../../src/domain/booking/guests.ts';
import type { MailFacts } from '../../../../src/application/notifications/mail/mail-facts.ts';
import { type MailKind, type Recipient, recipientsOf } from '../../../../src/application/notifications/mail-kinds.ts';

const EVENT_ID = '0c1f7b1e-5d0e-5b7e-9c55-0d3f1f1e2a11';

/** A guest of the request, of whom nothing but the address is known. */
export const guest = (number: number, email: string, known: Partial<Guest> = {}): Guest => ({
  number,
  name: '',
  email,
  timeZone: null,
  language: null,
  phoneNumber: null,
  addedIn: 0,
  addedBy: 'guest',
  removedIn: null,
  ...known,
});

/** Runa in London books Odd in Oslo, confirmed and without trouble. */
export const booked: MailFacts = {
  move: null,
  bookingUid: '01k3abc',
  icsUid: '01k3abc@holdfast.example',
  sequence: 0,
  hostName: 'Odd Hansen',
  hostEmail: 'odd@example.org',
  hostTimeZone: 'Europe/Oslo',
  organizer: { name: 'Odd Hansen', email: 'odd@example.org' },
  attendee: { name: 'Runa Solberg', email: 'runa@example.com', timeZone: 'Europe/London', language: 'en' },
  guests: [guest(1, 'kari@example.net'), guest(2, 'per@example.net')],
  addedGuests: [],
  removedGuests: [],
  guestsWait: false,
  eventTitle: 'Intro',
  start: '2050-09-05T09:00:00Z',
  end: '2050-09-05T09:30:00Z',
  location: 'Storgata 1, Oslo',
  meetingLink: null,
  roomFailure: null,
  answers: [{ label: 'What is it about?', value: 'The roof.\nIt leaks.' }],
  failingCalendars: [],
  differences: [],
  unsettled: false,
  othersEvents: [],
  stillHeld: [],
  pendingReason: 'calendar_sync_failed',
  holdsSlot: true,
  deadline: '2050-09-02T12:00:00Z',
  endedBy: 'guest',
  reason: null,
  alreadySaid: { notConfirmedYet: false, inQuestion: false, confirmed: false, confirmation: true },
  manageLink: 'https://book.example/manage/01k3abc?token=secret',
  tellGuests: null,
  hostLink: 'https://book.example/bookings/01k3abc/host',
};

export const room = (isFallback = false): Pick<MailFacts, 'meetingLink'> => ({
  meetingLink: { url: 'https://meet.example/odd-runa', isFallback },
});

export const refusing: MailFacts['failingCalendars'] = [
  { calendarId: 'work', label: 'Work (Nextcloud)', kind: 'auth-revoked', message: '401 Unauthorized', retryAt: null },
  { calendarId: 'home', label: 'Home', kind: 'network', message: 'ECONNREFUSED', retryAt: '2050-09-01T08:00:07Z' },
];

export const cancelledBooking: Partial<MailFacts> = {
  sequence: 1,
  reason: 'The train is late',
  alreadySaid: { notConfirmedYet: false, inQuestion: false, confirmed: true, confirmation: true },
};

const compose = composeMail({ domain: 'holdfast.example', writeInvitation: writeICalendar });

/** All mails of one kind, by the key of who gets it. */
export const mailsOf = (kind: MailKind, changes: Partial<MailFacts> = {}): ReadonlyMap<Recipient['key'], Mail> => {
  const facts = { ...booked, ...changes };
  const occurredAt = '2050-09-01T08:00:00Z';
  return new Map(
    recipientsOf(kind, facts).map((recipient) => [
      recipient.key,
      compose({ kind, recipient, eventId: EVENT_ID, occurredAt }, facts),
    ]),
  );
};

export const mailTo = (key: Recipient['key'], kind: MailKind, changes: Partial<MailFacts> = {}): Mail => {
  const mail = mailsOf(kind, changes).get(key);
  if (mail === undefined) throw new Error(`no ${kind} mail goes to ${key}`);
  return mail;
};
