import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { slotsAnswer } from '../contract/schemas.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [], eventTypes: [{ ...intro, lengthOptions: [30, 60] }] }] };
const monday = '/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05';

describe('GET /v2/slots', () => {
  test('a date is the whole UTC day; days and times are UTC without a zone', async () => {
    const app = await started(plain);
    const reply = await app.get(monday);
    expectReply(reply, 200, slotsAnswer);
    expect(at(reply.body, 'data', '2050-09-05', 0)).toEqual({ start: '2050-09-05T07:00:00.000Z' });
    expect(at(reply.body, 'data', '2050-09-05', 15)).toEqual({ start: '2050-09-05T14:30:00.000Z' });
    expect(at(reply.body, 'data', '2050-09-05', 16)).toBeNull();
  });

  test('with a zone: its days, its offset; as ranges: with the end', async () => {
    const app = await started(plain);
    const reply = await app.get(`${monday}&timeZone=Pacific/Auckland&format=range&duration=60`);
    expectReply(reply, 200, slotsAnswer);
    expect(at(reply.body, 'data', '2050-09-05', 0)).toEqual({
      start: '2050-09-05T19:00:00.000+12:00',
      end: '2050-09-05T20:00:00.000+12:00',
    });
    expect(at(reply.body, 'data', '2050-09-06', 0)).toMatchObject({ start: '2050-09-06T00:00:00.000+12:00' });
  });

  test('by slug and username; date-times bound it; days without slots are absent', async () => {
    const app = await started(plain);
    const reply = await app.get(
      '/v2/slots?eventTypeSlug=intro&username=odd&start=2050-09-03T00:00:00Z&end=2050-09-05T07:30:00Z',
    );
    expectReply(reply, 200, slotsAnswer);
    expect(at(reply.body, 'data')).toEqual({ '2050-09-05': [{ start: '2050-09-05T07:00:00.000Z' }] });
    expect((await app.get('/v2/slots?eventTypeSlug=intro&usernames=odd&start=2050-09-05&end=2050-09-05')).status).toBe(
      200,
    );
  });

  test('I11 what is shown can be booked, what is booked or busy is not shown', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const [start, end] = ['2050-09-05T08:00:00Z', '2050-09-05T09:00:00Z'].map(
      (time) => Temporal.Instant.from(time).epochMilliseconds,
    );
    work.addForeign({ start: start ?? 0, end: end ?? 0 });
    const uid = await booked(app, introBody());
    const shown = (await app.get(monday)).text;
    for (const taken of ['07:00', '08:00', '08:30']) expect(shown).not.toContain(`T${taken}`);
    expect(shown).toContain('T07:30');
    await booked(app, introBody({ start: '2050-09-05T07:30:00Z' }));
    expect((await app.get(`${monday}&bookingUidToReschedule=${uid}`)).text).not.toContain('T07:30');
  });

  test('for a booking that is to be moved, its own time is free', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    expect((await app.get(monday)).text).not.toContain('T07:00');
    expect((await app.get(`${monday}&bookingUidToReschedule=${uid}`)).text).toContain('T07:00');
  });

  test.each([
    ['eventTypeId=1&end=2050-09-05', 'invalid_request', ['start']],
    ['eventTypeId=1', 'invalid_request', ['start', 'end']],
    ['eventTypeId=1&start=soon&end=2050-09-05', 'invalid_request', ['start']],
    ['eventTypeId=1&start=2050-09-06&end=2050-09-05', 'invalid_request', ['end']],
    ['eventTypeId=1&start=2050-09-01&end=2050-11-02', 'window_too_long', []],
    ['eventTypeId=1&start=2050-09-05&end=2050-09-05&zone=UTC', 'invalid_request', ['zone']],
    ['eventTypeId=1&start=2050-09-05&start=2050-09-06&end=2050-09-07', 'invalid_request', ['start']],
    ['eventTypeId=1&start=2050-09-05&end=2050-09-05&timeZone=Mars', 'invalid_request', ['timeZone']],
    ['eventTypeId=1&start=2050-09-05&end=2050-09-05&format=list', 'invalid_request', ['format']],
    ['eventTypeId=1&start=2050-09-05&end=2050-09-05&duration=45', 'invalid_length', ['duration']],
    ['start=2050-09-05&end=2050-09-05', 'invalid_request', ['eventTypeId']],
    ['teamSlug=we&eventTypeSlug=intro&start=2050-09-05&end=2050-09-05', 'unsupported_feature', []],
  ] as const)('400 %s', async (query, code, fields) => {
    const app = await started(plain);
    expectError(await app.get(`/v2/slots?${query}`), 400, code, fields);
  });

  test('the longest window is taken', async () => {
    const app = await started(plain);
    expect((await app.get('/v2/slots?eventTypeId=1&start=2050-09-01&end=2050-11-01')).status).toBe(200);
  });

  test('an event type that is not there', async () => {
    const app = await started(plain);
    expectError(await app.get('/v2/slots?eventTypeId=x&start=2050-09-05&end=2050-09-05'), 404, 'event_type_not_found');
  });
});
