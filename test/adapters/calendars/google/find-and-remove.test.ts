import { isNone } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';
import { ownEventId } from '../../../../src/adapters/calendars/google/locate-own-events.ts';
import { makeGoogleCalendar } from '../../../../src/adapters/calendars/google/google-calendar.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { anEvent, fails, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { CALENDAR_ID, configFor } from '../../../support/google-stand-in/connect.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();
const own = ownOf(anEvent());
const id = (generation: number): string => ownEventId(own, CALENDAR_ID, generation);

/** The booking's event was deleted by hand, written anew, and the first one then taken out of the bin. */
const givenTwoLiveEvents = async () => {
  const connected = await given();
  const { google, calendar } = connected;
  await succeeds(calendar.create(anEvent(), live()));
  const first = google.primary.events.get(id(0)) ?? {};
  google.primary.events.set(id(0), { id: id(0), status: 'cancelled' });
  await succeeds(calendar.create(anEvent(), live()));
  google.primary.events.set(id(0), first);
  return connected;
};

describe('removing (Google stand-in)', () => {
  it('leaves no event of the booking, also where there are two', async () => {
    const { google, calendar } = await givenTwoLiveEvents();
    expect(await succeeds(calendar.remove(own, live()))).toBe('removed');
    expect([...google.primary.events.values()].map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  it('finds a later event by our mark after Google forgot the first one', async () => {
    const { google, calendar } = await givenTwoLiveEvents();
    google.primary.events.delete(id(0));
    expect(await succeeds(calendar.remove(own, live()))).toBe('removed');
    expect(google.primary.events.get(id(1))?.status).toBe('cancelled');
  });

  it('does not say that an event is gone when it is the calendar that cannot be seen', async () => {
    const { google, calendar } = await given();
    await succeeds(calendar.create(anEvent(), live()));
    google.hideCalendar();
    expect((await fails(calendar.remove(own, live()))).kind).toBe('calendar-not-found');
    expect((await fails(calendar.find(own, live()))).kind).toBe('calendar-not-found');
  });

  it.each([404, 410])('does not take a %i at its word: the event is still there, and goes', async (status) => {
    const { google, calendar } = await given();
    await succeeds(calendar.create(anEvent(), live()));
    google.faults.next('delete', { kind: 'refuse', status, reason: 'deleted' });
    expect(await succeeds(calendar.remove(own, live()))).toBe('removed');
    expect(google.primary.events.get(id(0))?.status).toBe('cancelled');
  });

  it('leaves an event under our id without any mark, and says that it is in doubt', async () => {
    const { google, calendar } = await given();
    await succeeds(calendar.create(anEvent(), live()));
    const { extendedProperties, ...unmarked } = google.primary.events.get(id(0)) ?? {};
    expect(extendedProperties).toBeDefined();
    google.primary.events.set(id(0), unmarked);
    expect((await fails(calendar.remove(own, live()))).kind).toBe('already-exists');
    expect(google.primary.events.get(id(0))?.status).toBe('confirmed');
  });

  it('after a lost answer is outcome-unknown, and the repeat says that the event is gone', async () => {
    const { google, calendar } = await given();
    await succeeds(calendar.create(anEvent(), live()));
    google.faults.next('delete', { kind: 'commit-and-drop' });
    expect((await fails(calendar.remove(own, live()))).kind).toBe('outcome-unknown');
    expect(await succeeds(calendar.remove(own, live()))).toBe('already-gone');
  });
});

describe('a calendar that is another one by now (Google stand-in)', () => {
  const OTHER = 'bookings@group.calendar.stand-in.example';
  const moved = async () => {
    const { google } = await given();
    const made = google.addCalendar(OTHER);
    const before = makeGoogleCalendar(configFor(google, { googleCalendarId: OTHER }), { clock: makeTestClock() });
    const now = makeGoogleCalendar(configFor(google), { clock: makeTestClock() });
    const { providerEventId, calendarAddress = null } = await succeeds(before.create(anEvent(), live()));
    expect(calendarAddress).toBe(OTHER);
    return { google, made, now, own: { ...own, stored: { providerEventId, calendarAddress } } };
  };

  it('finds, changes and removes the event in the one where it was stored', async () => {
    const { made, now, own: stored } = await moved();
    const found = await succeeds(now.find(stored, live()));
    if (isNone(found)) throw new Error('not found');
    await succeeds(now.change(anEvent({ sequence: 1, summary: 'New' }), found.value, live()));
    expect(made.events.get(id(0))?.summary).toBe('New');
    expect(await succeeds(now.remove(stored, live()))).toBe('removed');
    expect(made.events.get(id(0))?.status).toBe('cancelled');
    expect(await succeeds(now.remove(stored, live()))).toBe('already-gone');
  });

  it('says where the event was left when that one is not seen any more', async () => {
    const { google, now, own: stored } = await moved();
    google.removeCalendar(OTHER);
    const failure = await fails(now.remove(stored, live()));
    expect(failure).toMatchObject({ kind: 'calendar-not-found', message: expect.stringContaining(OTHER) });
    expect((await fails(now.find(stored, live()))).kind).toBe('calendar-not-found');
  });

  it('is the same one where it was called primary before', async () => {
    const { google, calendar } = await given();
    const { calendarAddress = null, providerEventId } = await succeeds(calendar.create(anEvent(), live()));
    expect(calendarAddress).toBe(google.primary.id);
    expect(await succeeds(calendar.remove({ ...own, stored: { providerEventId, calendarAddress } }, live()))).toBe(
      'removed',
    );
  });
});

describe('finding (Google stand-in)', () => {
  it('reads a deleted event as none', async () => {
    const { google, calendar } = await given();
    google.primary.events.set(id(0), { id: id(0), status: 'cancelled' });
    expect(isNone(await succeeds(calendar.find(own, live())))).toBe(true);
  });
});

describe('mails (Google stand-in)', () => {
  it('are never sent by Google: every write says so', async () => {
    const { google, calendar } = await givenTwoLiveEvents();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    await succeeds(calendar.change(anEvent({ sequence: 1 }), stored, live()));
    await succeeds(calendar.remove(own, live()));
    const writes = google
      .received()
      .filter(({ operation }) => ['insert', 'patch', 'update', 'delete'].includes(operation));
    expect(new Set(writes.map(({ operation }) => operation))).toEqual(new Set(['insert', 'patch', 'delete']));
    expect(writes.map(({ query }) => query.get('sendUpdates'))).toEqual(writes.map(() => 'none'));
  });
});
