import { describe, expect, it } from 'vitest';
import { MAX_PAGES } from '../../../../src/adapters/calendars/google/read-busy-times.ts';
import type { OwnEvent } from '../../../../src/application/ports/calendar.ts';
import { intervalOf, toEpochMs, toInstant } from '../../../../src/domain/time/time.ts';
import { covered, fails, hours, live, succeeds } from '../../../contract/calendar/given.ts';
import { type EventResource, put } from '../../../support/google-stand-in/calendar-state.ts';
import type { GoogleStandIn } from '../../../support/google-stand-in/google-stand-in.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();
const window = hours('00:00', '23:00');
/** An event of ours that is not there: asking to leave it out makes the adapter read the events themselves. */
const LISTING: ReadonlyArray<OwnEvent> = [{ bookingUid: 'other', icsUid: 'other@holdfast.test' }];

const hold = ({ primary }: GoogleStandIn, id: string, from: string, to: string, more: EventResource = {}): void => {
  const { start, end } = hours(from, to);
  const times = { start: { dateTime: toInstant(start) }, end: { dateTime: toInstant(end) } };
  put(primary, { id, status: 'confirmed', ...times, ...more });
};

describe.each([
  ['by freebusy.query', []],
  ['by events.list', LISTING],
])('busy times %s (Google stand-in)', (_, except) => {
  it('leave out what is deleted, transparent or declined', async () => {
    const { google, calendar } = await given();
    hold(google, 'a1', '08:00', '09:00', { status: 'cancelled' });
    hold(google, 'a2', '09:00', '10:00', { transparency: 'transparent' });
    hold(google, 'a3', '10:00', '11:00', { attendees: [{ self: true, responseStatus: 'declined' }] });
    hold(google, 'a4', '11:00', '12:00', {
      attendees: [{ responseStatus: 'declined' }, { self: true, responseStatus: 'needsAction' }],
    });
    expect((await succeeds(calendar.busy(window, except, live()))).busy).toEqual([hours('11:00', '12:00')]);
  });

  it("read a whole day in the calendar's own zone", async () => {
    const { google, calendar } = await given({}, { timeZone: 'America/New_York' });
    put(google.primary, {
      id: 'day',
      status: 'confirmed',
      start: { date: '2050-09-05' },
      end: { date: '2050-09-06' },
    });
    const wide = intervalOf({ start: '2050-09-04T00:00:00Z', end: '2050-09-07T00:00:00Z' });
    expect((await succeeds(calendar.busy(wide, except, live()))).busy).toEqual([
      intervalOf({ start: '2050-09-05T04:00:00Z', end: '2050-09-06T04:00:00Z' }),
    ]);
  });

  it('of a window without length are none, without a question', async () => {
    const { google, calendar } = await given();
    expect((await succeeds(calendar.busy(hours('08:00', '08:00'), except, live()))).busy).toEqual([]);
    expect(google.received()).toEqual([]);
  });

  it('are a failure when the calendar cannot be seen', async () => {
    const { google, calendar } = await given();
    google.hideCalendar();
    expect((await fails(calendar.busy(window, except, live()))).kind).toBe('calendar-not-found');
  });

  it.each([{}, { calendars: {} }, { calendars: { primary: {} } }, { items: [{ id: 'x' }] }, 'no JSON object'])(
    'are a failure when the answer is %j',
    async (body) => {
      const { google, calendar } = await given();
      google.faults.always('freebusy', { kind: 'answer', body });
      google.faults.always('list', { kind: 'answer', body });
      expect((await fails(calendar.busy(window, except, live()))).kind).toBe('provider-error');
    },
  );
});

describe('busy times by freebusy.query (Google stand-in)', () => {
  it('of a long window are asked for in ranges that Google takes', async () => {
    const { google, calendar } = await given();
    const year = intervalOf({ start: '2050-01-01T00:00:00Z', end: '2051-01-01T00:00:00Z' });
    const times = { start: '2050-12-30T10:00:00Z', end: '2050-12-30T11:00:00Z' };
    put(google.primary, { id: 'late', start: { dateTime: times.start }, end: { dateTime: times.end } });
    expect((await succeeds(calendar.busy(year, [], live()))).busy).toEqual([intervalOf(times)]);
    expect(google.received('freebusy')).toHaveLength(7);
  });

  it('are a failure when Google could not read the calendar, whatever it lists beside the error', async () => {
    const { google, calendar } = await given();
    google.primary.unreadable = 'internalError';
    expect((await fails(calendar.busy(window, [], live()))).kind).toBe('provider-error');
  });

  it('are taken from the real id that Google answers for `primary`', async () => {
    const { google, calendar } = await given();
    const busy = [{ start: '2050-09-05T10:00:00+02:00', end: '2050-09-05T11:00:00+02:00' }];
    google.faults.next('freebusy', { kind: 'answer', body: { calendars: { 'odd@example.test': { busy } } } });
    expect((await succeeds(calendar.busy(window, [], live()))).busy).toEqual([hours('08:00', '09:00')]);
  });
});

describe('busy times by events.list (Google stand-in)', () => {
  it('are read page by page', async () => {
    const { google, calendar } = await given({}, { largestPage: 2 });
    for (const hour of [10, 11, 12, 13, 14]) hold(google, `p${hour}`, `${hour}:00`, `${hour + 1}:00`);
    const { busy } = await succeeds(calendar.busy(window, LISTING, live()));
    expect(covered(busy, window)).toEqual([hours('10:00', '15:00')]);
    expect(google.received('list')).toHaveLength(3);
  });

  it('are a failure when a later page is refused, or when the pages do not end', async () => {
    const { google, calendar } = await given();
    const endless = { items: [], nextPageToken: 'again' };
    google.faults.next('list', { kind: 'answer', body: endless });
    google.faults.next('list', { kind: 'refuse', status: 500, reason: 'backendError' });
    expect((await fails(calendar.busy(window, LISTING, live()))).kind).toBe('provider-error');
    google.faults.always('list', { kind: 'answer', body: endless });
    expect((await fails(calendar.busy(window, LISTING, live()))).kind).toBe('provider-error');
    expect(google.received('list')).toHaveLength(2 + MAX_PAGES);
  });

  it("fall back to the host's zone when the answer names none", async () => {
    const { google, calendar } = await given({ hostTimeZone: 'Asia/Tokyo' });
    const items = [{ id: 'day', start: { date: '2050-09-05' }, end: { date: '2050-09-06' } }];
    google.faults.next('list', { kind: 'answer', body: { items } });
    const [day] = (await succeeds(calendar.busy(window, LISTING, live()))).busy;
    expect(day?.start).toBe(toEpochMs('2050-09-04T15:00:00Z'));
  });
});
