import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import type { CalendarStreamEvent } from '../../../src/domain/calendar/events.ts';
import {
  AT,
  acceptedStory,
  cancelled,
  event,
  removalFailed,
  removed,
  requested,
  syncFailed,
  syncStarted,
  syncSucceeded,
} from '../support/given-events.ts';
import type { Given } from '../support/given-read-model.ts';
import { caughtUp, givenReadModel, right } from '../support/given-read-model.ts';

const at = <E extends BookingEvent | CalendarStreamEvent>(occurredAt: string, one: E): E => ({ ...one, occurredAt });

/** Before the meeting of the stories, which ends at half past nine. */
const NOW = Temporal.Instant.from('2050-09-01T12:00:00Z').epochMilliseconds;

const connected = (address: string, type: 'CalendarConnected' | 'CalendarAddressChanged' = 'CalendarConnected') =>
  ({ type, occurredAt: AT, data: { provider: 'caldav', personal: { salt: '00', address } } }) as const;
const unreadable = (href: string): CalendarStreamEvent => ({
  type: 'CalendarObjectsUnreadable',
  occurredAt: AT,
  data: {
    more: 3,
    window: { start: '2050-09-05T00:00:00Z', end: '2050-09-06T00:00:00Z' },
    personal: {
      salt: '00',
      objects: [{ href, reason: 'it has no DTSTART', start: '2050-09-05T00:00:00Z', end: '2050-09-06T00:00:00Z' }],
    },
  },
});

describe('the health of calendars', () => {
  let given: Given;
  beforeEach(async () => {
    given = await givenReadModel();
  });
  afterEach(() => given.cleanUp());

  const health = async (now = NOW, hostId: string | null = null) => {
    const projections = given.start();
    await caughtUp(projections, given.store);
    return right(projections.calendarHealth(now, hostId));
  };

  it('counts the failures since the last success, over all bookings', async () => {
    await given.append('booking-one', [requested(), syncStarted, at('2050-09-01T08:00:01Z', syncSucceeded)]);
    await given.append('booking-two', [requested(), syncStarted, syncFailed]);
    await given.append('booking-three', [requested(), syncStarted, at('2050-09-01T08:00:09Z', syncFailed)]);
    expect(await health()).toEqual([
      {
        calendarId: 'work',
        outage: null,
        place: null,
        lastSuccessAt: '2050-09-01T08:00:01Z',
        failuresInRow: 2,
        lastFailure: {
          task: 'write',
          kind: 'network',
          message: 'no route',
          at: '2050-09-01T08:00:09Z',
          bookingUid: 'three',
          hostId: 'odd',
        },
        held: { count: 1, uids: ['one'] },
        missing: { count: 2, uids: ['three', 'two'] },
        elsewhere: { count: 0, uids: [] },
        removals: { count: 0, first: [], acknowledged: { count: 0, uids: [] } },
        unreadable: { objects: [], more: 0 },
      },
    ]);
    await given.append('booking-three', [at('2050-09-01T08:01:00Z', syncSucceeded)]);
    expect(await health()).toMatchObject([
      { failuresInRow: 0, lastSuccessAt: '2050-09-01T08:01:00Z', held: { count: 2 }, missing: { uids: ['two'] } },
    ]);
  });

  it('lists each calendar by itself, and no booking that is over', async () => {
    const data = { ...syncFailed.data, calendarId: 'home' };
    const calendars = ['work', 'home'].map((calendarId) => ({ calendarId, provider: 'local' as const }));
    await given.append('booking-one', [...acceptedStory({ calendars }), event('CalendarSyncFailed', data)]);
    expect(await health()).toMatchObject([
      { calendarId: 'home', failuresInRow: 1, lastSuccessAt: null, held: { count: 0 }, missing: { uids: ['one'] } },
      { calendarId: 'work', failuresInRow: 0, lastFailure: null, held: { uids: ['one'] }, missing: { count: 0 } },
    ]);
    const later = Temporal.Instant.from('2050-09-05T09:30:00Z').epochMilliseconds;
    expect(await health(later)).toMatchObject([{ missing: { count: 0 } }, { held: { count: 0 } }]);
  });

  it('shows what could not be removed until it is removed, however long the booking is over (I3)', async () => {
    await given.append('booking-one', [...acceptedStory(), cancelled]);
    const muchLater = NOW * 2;
    expect(await health(muchLater)).toMatchObject([
      {
        removals: { count: 1, first: [{ bookingUid: 'one', since: cancelled.occurredAt, attempts: 0, failure: null }] },
      },
    ]);
    const again = { ...removalFailed, occurredAt: '2050-09-01T09:00:00Z', data: { ...removalFailed.data, attempt: 2 } };
    await given.append('booking-one', [removalFailed, again]);
    expect(await health(muchLater)).toMatchObject([
      {
        failuresInRow: 2,
        lastFailure: { task: 'remove' },
        held: { count: 0 },
        removals: {
          count: 1,
          first: [{ bookingUid: 'one', since: cancelled.occurredAt, attempts: 2, failure: { kind: 'network' } }],
        },
      },
    ]);
    await given.append('booking-one', [removed]);
    expect(await health()).toMatchObject([{ removals: { count: 0, first: [] }, failuresInRow: 0 }]);
  });

  it('counts what a person said is dealt with apart, and hunts it no more', async () => {
    const acknowledged = { type: 'CalendarRemovalAcknowledged', data: { calendarId: 'work' } } as const;
    await given.append('booking-one', [...acceptedStory(), cancelled, removalFailed]);
    await given.append('booking-one', [{ ...acknowledged, occurredAt: '2050-09-01T09:30:00Z' }]);
    expect(await health()).toMatchObject([
      { removals: { count: 0, first: [], acknowledged: { count: 1, uids: ['one'] } } },
    ]);
  });

  it('names objects that cannot be read, until they are cleared', async () => {
    await given.append('calendar-work', [
      connected('https://dav.example/odd/'),
      unreadable('/a.ics'),
      unreadable('/b.ics'),
    ]);
    expect(await health()).toMatchObject([
      {
        calendarId: 'work',
        place: { provider: 'caldav', address: 'https://dav.example/odd/', since: AT },
        unreadable: {
          objects: [
            { href: '/a.ics', reason: 'it has no DTSTART', since: AT },
            { href: '/b.ics', since: AT },
          ],
          more: 3,
        },
      },
    ]);
    await given.append('calendar-work', [
      { type: 'CalendarObjectsCleared', occurredAt: AT, data: { personal: { salt: '00', hrefs: ['/a.ics'] } } },
    ]);
    expect(await health()).toMatchObject([{ unreadable: { objects: [{ href: '/b.ics' }] } }]);
  });

  it('names the live bookings that were stored where the calendar is not any more', async () => {
    const moved = (when: string, address: string) => at(when, connected(address, 'CalendarAddressChanged'));
    await given.append('calendar-work', [connected('https://old.example/')]);
    await given.append('booking-one', acceptedStory());
    await given.append('calendar-work', [moved('2050-09-01T09:00:00Z', 'https://new.example/')]);
    const later = acceptedStory({}, '2050-09-01T10:00:00Z').map((one) => at('2050-09-01T10:00:00Z', one));
    await given.append('booking-two', later);
    expect(await health()).toMatchObject([
      { place: { address: 'https://new.example/' }, held: { count: 2 }, elsewhere: { count: 1, uids: ['one'] } },
    ]);
    await given.append('calendar-work', [moved('2050-09-01T11:00:00Z', 'https://old.example/')]);
    expect(await health()).toMatchObject([{ elsewhere: { count: 1, uids: ['two'] } }]);
  });

  it("tells a host nothing of another host's bookings in a calendar that they share (I14)", async () => {
    await given.append('booking-one', [...acceptedStory({ hostId: 'eva' }), cancelled, removalFailed]);
    await given.append('booking-two', acceptedStory());
    expect(await health(NOW, 'odd')).toMatchObject([
      {
        lastFailure: { kind: 'network', bookingUid: '', hostId: '' },
        held: { uids: ['two'] },
        removals: { count: 0, first: [] },
      },
    ]);
    expect(await health(NOW, 'eva')).toMatchObject([
      { lastFailure: { bookingUid: 'one' }, held: { uids: [] }, removals: { count: 1 } },
    ]);
  });

  it('counts live bookings by host and event type, the pending ones too', async () => {
    await given.append('booking-one', acceptedStory());
    await given.append('booking-two', [requested({ hostId: 'eva', eventTypeId: 7 })]);
    await given.append('booking-three', [...acceptedStory(), cancelled]);
    const projections = given.start();
    await caughtUp(projections, given.store);
    expect(await right(projections.liveBookings(NOW))).toEqual([
      { hostId: 'eva', eventTypeId: 7, count: 1, uids: ['two'] },
      { hostId: 'odd', eventTypeId: 1, count: 1, uids: ['one'] },
    ]);
    expect(await right(projections.liveBookings(NOW * 2))).toEqual([]);
  });
});
