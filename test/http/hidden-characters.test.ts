import { describe, expect, test } from 'vitest';
import { composeMail } from '../../src/application/notifications/mail/compose-mail.ts';
import { mailFactsOf } from '../../src/application/notifications/mail/mail-facts.ts';
import { recipientsOf, type MailKind } from '../../src/application/notifications/mail-kinds.ts';
import { composeWebhook } from '../../src/application/notifications/webhook/webhook-payload.ts';
import { webhookFactsOf } from '../../src/application/notifications/webhook/webhook-facts.ts';
import { calendarEventOf } from '../../src/application/saga/calendar-event.ts';
import { writeICalendar } from '../../src/adapters/icalendar/write-icalendar.ts';
import { printable } from '../../src/cli/terminal.ts';
import { organizerOf } from '../../src/domain/booking/booking-facts.ts';
import { introBody } from '../support/booking-bodies.ts';
import { intro, odd } from '../support/hosts.ts';
import { at } from '../support/http-client.ts';
import { must } from '../support/must.ts';
import type { TestApp } from '../support/test-app.ts';
import { testApps } from '../support/test-apps.ts';
import { pageOf } from './pages/given-pages.ts';

const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
/** What is not seen, or turns the reading direction; in a name nothing of it stays. */
const HIDDEN = [
  ...[0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x3164, 0xfeff, 0xffa0, 0x1d173],
  ...range(0x200b, 0x200f),
  ...range(0x202a, 0x202e),
  ...range(0x2060, 0x206f),
  ...range(0xfe00, 0xfe0f),
  ...range(0xe0000, 0xe007f),
  ...range(0xe0100, 0xe0104),
];
/** What words and emoji are written with stays in texts that are no names. */
const NEEDED = new Set([0x200c, 0x200d, ...range(0xfe00, 0xfe0f)]);
const CONTROLS = [...range(0, 8), 0xb, 0xc, ...range(0xe, 0x1f), ...range(0x7f, 0x9f)];
const text = (codes: ReadonlyArray<number>): string => codes.map((code) => String.fromCodePoint(code)).join('');
const hiddenText = text(HIDDEN.filter((code) => !NEEDED.has(code)));
const foundIn = (shown: string): ReadonlyArray<string> =>
  [...new Set([...hiddenText, ...text(CONTROLS)])]
    .filter((character) => shown.includes(character))
    .map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16)}`);

const started = testApps();
const field = { slug: 'topic', label: 'What about?', type: 'textarea' as const, required: false };
const hosts = [{ ...odd, calendarIds: [], eventTypes: [{ ...intro, bookingFields: [field], locations: [] }] }];
const answer = (name: string) => introBody({ attendee: { name, email: 'r@example.com', timeZone: 'Europe/Oslo' } });

/** Everything that somebody else reads of a booking, by where it is read. */
const surfaces = async (app: TestApp, uid: string): Promise<ReadonlyArray<readonly [where: string, shown: string]>> => {
  const key = { key: 'cal_host' };
  const read = async (path: string, options = {}) => (await app.request('GET', path, options)).text;
  const { booking } = must(await app.deps.readBooking(uid)());
  const host = { ...organizerOf(odd), number: odd.number };
  const links = { manage: () => null, tellGuests: () => null, host: () => null };
  const facts = mailFactsOf({ calendarLabel: (id) => id, links })(
    uid,
    'cancelled',
    'guests',
    booking,
    booking,
    odd,
    undefined,
  );
  const compose = composeMail({ domain: 'x.example', writeInvitation: writeICalendar });
  const kinds: ReadonlyArray<MailKind> = ['confirmed', 'cancelled', 'declined', 'reminder', 'approval-needed'];
  const mails = kinds.flatMap((kind) =>
    recipientsOf(kind, facts).map((recipient) =>
      compose({ kind, recipient, eventId: 'e', occurredAt: '2050-09-01T08:00:00Z' }, facts),
    ),
  );
  const sync = { calendarId: 'c', provider: 'local', attempt: 1, mayHold: 'no', stored: null, status: 'idle' } as const;
  const event = calendarEventOf(uid, booking, host, sync);
  const titled = JSON.stringify(at((await app.request('GET', `/v2/bookings/${uid}`, key)).body, 'data'));
  return [
    ['the answer', titled],
    ['the list', await read('/v2/bookings?status=upcoming,past,cancelled', key)],
    ['attendees', await read(`/v2/bookings/${uid}/attendees`, key)],
    ['calendar links', decodeURIComponent(await read(`/v2/bookings/${uid}/calendar-links`, key))],
    ['the guest’s page', await read(`/bookings/${uid}`)],
    ['the host’s page', await read(pageOf(app, 'host', uid))],
    ['the calendar file', await read(`/bookings/${uid}/calendar.ics`)],
    ['the guest’s history', await read(`/v2/bookings/${uid}/events`)],
    ...mails.map(
      (mail) => [`a mail: ${mail.subject}`, Object.values(mail).join('\n') + (mail.icalendar?.content ?? '')] as const,
    ),
    [
      'a webhook',
      composeWebhook('BOOKING_CREATED', webhookFactsOf(uid, booking, host, undefined), booking.requestedAt),
    ],
    ['a calendar’s event', [event.summary, event.description, event.location, JSON.stringify(event.attendees)].join()],
    ['the command line', printable(titled)],
  ];
};

describe('what is not seen, or turns the reading direction', () => {
  test('written by a stranger, then it is in nothing that others read', async () => {
    const app = await started({ hosts });
    const dirty = `Ru${text(HIDDEN)}na`;
    const body = {
      ...answer(dirty),
      bookingFieldsResponses: { topic: `The${hiddenText} roof`, notes: `no${hiddenText}tes` },
      metadata: { [`k${hiddenText}ey`]: `va${hiddenText}lue` },
    };
    const made = await app.post('/v2/bookings', body);
    expect(made.status, made.text).toBe(201);
    expect(at(made.body, 'data')).toMatchObject({
      attendees: [{ name: 'Runa' }],
      title: 'Intro between Odd and Runa',
      bookingFieldsResponses: { topic: 'The roof', notes: 'notes' },
      metadata: { key: 'value' },
    });
    const uid = String(at(made.body, 'data', 'uid'));
    await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: `I${hiddenText}ll${text(CONTROLS)}` });
    expect(at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'cancellationReason')).toBe('Ill');
    for (const [where, shown] of await surfaces(app, uid)) expect(foundIn(shown), where).toEqual([]);
  });

  test('in a log of before it was left out coming in, then it is left out going out', async () => {
    const app = await started({ hosts });
    const dirty = `Ru${text(HIDDEN)}na`;
    const uid = 'older1';
    const [host] = hosts;
    const [eventType] = host?.eventTypes ?? [];
    if (host === undefined || eventType === undefined) throw new Error('no host');
    const asked = app.deps.requestBooking(
      {
        uid,
        repeatable: false,
        fingerprint: 'f',
        host,
        eventType,
        start: Temporal.Instant.from('2050-09-05T07:00:00Z').epochMilliseconds,
        lengthInMinutes: 30,
        attendee: { name: dirty, email: 'r@example.com', timeZone: 'Europe/Oslo', language: 'en', phoneNumber: null },
        guests: [],
        location: { type: 'personal', text: `Ho${hiddenText}me` },
        responses: { topic: `The${hiddenText} roof` },
        metadata: { [`k${hiddenText}`]: `v${hiddenText}` },
        invitesOnceVerified: false,
      },
      { commandId: 'c', actor: { kind: 'guest' }, correlationId: uid, causationId: null },
      new AbortController().signal,
    );
    must(await asked());
    must(
      await app.deps.cancelBooking({
        by: 'guest',
        reason: `I${hiddenText}ll`,
        cancellable: true,
        hostMustGiveReason: false,
      })(uid, { commandId: 'd', actor: { kind: 'guest' }, correlationId: uid, causationId: null })(),
    );
    for (const [where, shown] of await surfaces(app, uid)) expect(foundIn(shown), where).toEqual([]);
  });

  test('a name of it alone is none, a name with it is the same without, and controls are refused', async () => {
    const app = await started({ hosts });
    const names = async (name: string) => {
      const made = await app.post('/v2/bookings', answer(name), { headers: { 'idempotency-key': 'one' } });
      return made.status === 201 ? at(made.body, 'data', 'attendees', 0, 'name') : made.status;
    };
    expect(await names('Ru')).toBe('Ru');
    for (const code of HIDDEN) {
      const hidden = String.fromCodePoint(code);
      expect([await names(hidden), await names(`R${hidden}u`)], `U+${code.toString(16)}`).toEqual([400, 'Ru']);
    }
    for (const code of CONTROLS)
      expect(await names(`R${String.fromCodePoint(code)}u`), `U+${code.toString(16)}`).toBe(400);
  });
});
