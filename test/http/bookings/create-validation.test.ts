import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/http/errors/api-error.ts';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const many = (count: number, of: (index: number) => unknown) => Array.from({ length: count }, (_, index) => of(index));

describe('POST /v2/bookings names every field that is wrong', () => {
  const wrong: ReadonlyArray<readonly [string, Record<string, unknown>, ErrorCode, ReadonlyArray<string>]> = [
    ['no start', { start: undefined }, 'invalid_request', ['start']],
    ['a start without an offset', { start: '2050-09-05T07:00:00' }, 'invalid_request', ['start']],
    ['a date that does not exist', { start: '2050-02-30T07:00:00Z' }, 'invalid_request', ['start']],
    ['no attendee', { attendee: undefined }, 'invalid_request', ['attendee']],
    ['an empty name', { attendee: { ...runa, name: ' ' } }, 'invalid_request', ['attendee.name']],
    ['a name with a line break', { attendee: { ...runa, name: 'R\r\nBcc: x' } }, 'invalid_request', ['attendee.name']],
    ['no such zone', { attendee: { ...runa, timeZone: 'Mars/Base' } }, 'invalid_request', ['attendee.timeZone']],
    ['an offset for a zone', { attendee: { ...runa, timeZone: '+02:00' } }, 'invalid_request', ['attendee.timeZone']],
    ['no address', { attendee: { ...runa, email: 'runa' } }, 'invalid_request', ['attendee.email']],
    [
      'a long address',
      { attendee: { ...runa, email: `${'r'.repeat(65)}@example.com` } },
      'invalid_request',
      ['attendee.email'],
    ],
    ...[
      'a\u200B@example.com',
      'a..b@example.com',
      '.a@example.com',
      'a@-b.example',
      'a@b_c.example',
      '"a"@b.example',
    ].map(
      (email) =>
        [
          `the address ${JSON.stringify(email)}`,
          { attendee: { ...runa, email } },
          'invalid_request',
          ['attendee.email'],
        ] as const,
    ),
    ['a guest who cannot be seen', { guests: ['a\u3164@example.com'] }, 'invalid_request', ['guests.0']],
    [
      'a phone number alone',
      { attendee: { ...runa, email: undefined, phoneNumber: '+4712345678' } },
      'attendee_email_required',
      ['attendee.email'],
    ],
    ['an unknown language', { attendee: { ...runa, language: 'xx' } }, 'invalid_request', ['attendee.language']],
    [
      'unknown properties',
      { strat: 1, attendee: { ...runa, mail: 'x' } },
      'invalid_request',
      ['strat', 'attendee.mail'],
    ],
    ['a prototype', { ['__proto__']: 1, constructor: 1 }, 'invalid_request', ['__proto__', 'constructor']],
    ['no event type', { eventTypeId: undefined }, 'invalid_request', ['eventTypeId']],
    ['a recurrence', { recurrenceCount: 3 }, 'unsupported_feature', ['recurrenceCount']],
    ['a team', { teamSlug: 'we' }, 'unsupported_feature', ['teamSlug']],
    ['too many guests', { guests: many(31, (index) => `g${index}@example.com`) }, 'invalid_request', ['guests']],
    ['a guest without an address', { guests: ['gro'] }, 'invalid_request', ['guests.0']],
    ['a location that is not offered', { location: { type: 'link' } }, 'invalid_request', ['location']],
    [
      'too much metadata',
      { metadata: Object.fromEntries(many(51, (index) => `k${index}`).map((key) => [key, 1])) },
      'invalid_request',
      ['metadata'],
    ],
    ['a long metadata key', { metadata: { ['k'.repeat(41)]: 1 } }, 'invalid_request', ['metadata']],
    ['a long metadata value', { metadata: { note: 'x'.repeat(501) } }, 'invalid_request', ['metadata.note']],
    ['nested metadata', { metadata: { note: {} } }, 'invalid_request', ['metadata.note']],
    [
      'an answer that was not asked for',
      { bookingFieldsResponses: { shoe: '42' } },
      'invalid_request',
      ['bookingFieldsResponses.shoe'],
    ],
  ];
  test.each(wrong)('%s', async (_, changes, code, fields) => {
    const app = await started(plain);
    expectError(await app.post('/v2/bookings', JSON.stringify(introBody(changes))), 400, code, fields);
    expect(await app.store.head()()).toMatchObject({ right: 0 });
  });

  test('no body, a list, and an event type that is not there', async () => {
    const app = await started(plain);
    expectError(await app.post('/v2/bookings'), 400, 'invalid_request', ['start', 'attendee']);
    expectError(await app.post('/v2/bookings', '[]'), 400, 'invalid_request');
    expectError(await app.post('/v2/bookings', introBody({ eventTypeId: 99 })), 404, 'event_type_not_found');
    const bySlug = { eventTypeId: undefined, eventTypeSlug: 'intro', username: 'nobody' };
    expectError(await app.post('/v2/bookings', introBody(bySlug)), 404, 'event_type_not_found');
  });

  test('what clients send without need is taken: slugs, an offset, ignored properties, limits just kept', async () => {
    const app = await started(plain);
    const reply = await app.post('/v2/bookings', {
      start: '2050-09-05T09:00:00+02:00',
      eventTypeSlug: 'intro',
      username: 'odd',
      organizationSlug: 'x',
      attendee: { ...runa, language: 'no', phoneNumber: '+47 123 45 678' },
      guests: many(30, (index) => `g${index}@example.com`),
      metadata: { ['k'.repeat(40)]: 'x'.repeat(500), paid: true, count: 3 },
      allowConflicts: false,
      allowBookingOutOfBounds: false,
      routing: { responseId: 1 },
      emailVerificationCode: '1',
      meetingUrl: 'https://meet.example/x',
      location: 'address',
      bookingFieldsResponses: { notes: 'Bring coffee' },
    });
    expect(reply.status).toBe(201);
    expect(at(reply.body, 'data', 'start')).toBe('2050-09-05T07:00:00.000Z');
    expect(at(reply.body, 'data', 'description')).toBe('Bring coffee');
    expect(at(reply.body, 'data', 'attendees', 0)).toMatchObject({ language: 'no', phoneNumber: '+47 123 45 678' });
  });

  test('guests are refused where the event type forbids them', async () => {
    const app = await started({
      hosts: [{ ...odd, calendarIds: [], eventTypes: [{ ...intro, guestsAllowed: false }] }],
    });
    expectError(await app.post('/v2/bookings', introBody({ guests: ['gro@example.com'] })), 400, 'invalid_request', [
      'guests',
    ]);
    await booked(app, introBody({ guests: [] }));
  });
});
