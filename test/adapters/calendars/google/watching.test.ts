import { isLeft } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { ownEventId } from '../../../../src/adapters/calendars/google/locate-own-events.ts';
import type { CalendarWatch } from '../../../../src/application/ports/calendar.ts';
import { anEvent, fails, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { type EventResource, expireSyncTokens, moveTo, put } from '../../../support/google-stand-in/calendar-state.ts';
import { CALENDAR_ID } from '../../../support/google-stand-in/connect.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();
const there = (watch: CalendarWatch | undefined): CalendarWatch => {
  if (watch === undefined) throw new Error('it is not watched');
  return watch;
};

/** Our event in the stand-in, as the log knows it, and what a person does to it there. */
const withEvent = async (standIn: { readonly largestPage?: number } = {}) => {
  const { google, calendar } = await given({}, standIn);
  const event = anEvent();
  const { providerEventId, calendarAddress = null } = await succeeds(calendar.create(event, live()));
  const own = { ...ownOf(event), start: event.start, stored: { providerEventId, calendarAddress } };
  const watch = there(calendar.watch);
  return {
    google,
    calendar,
    event,
    own,
    watch,
    id: providerEventId,
    look: () => succeeds(watch.look(own, live())),
    changes: (token: string | null) => succeeds(watch.changes(token, live())),
    edit: (by: EventResource) => put(google.primary, { ...google.primary.events.get(providerEventId), ...by }),
    asWritten: { type: 'at', start: event.start, end: event.end },
  };
};
const others = (count: number): ReadonlyArray<EventResource> =>
  Array.from({ length: count }, (_, index) => ({
    id: `other${index}`,
    status: 'confirmed',
    start: { dateTime: '2050-01-01T10:00:00Z' },
    end: { dateTime: '2050-01-01T11:00:00Z' },
  }));

describe('what has changed in a Google calendar (stand-in)', () => {
  it('one request with the last token says that nothing has', async () => {
    const { google, changes } = await withEvent();
    const first = await changes(null);
    expect(first).toMatchObject({ token: expect.stringMatching(/^sync /), touched: 'unknown' });
    const before = google.received().length;
    expect(await changes(first.token)).toEqual({ token: first.token, touched: [] });
    expect(google.received().length - before).toBe(1);
  });

  it('an event that was edited, and one that was deleted, are named once', async () => {
    const { changes, edit, id } = await withEvent();
    const first = await changes(null);
    edit({ summary: 'Lunch with Runa' });
    const second = await changes(first.token);
    expect(second.touched).toEqual([id]);
    edit({ status: 'cancelled' });
    const third = await changes(second.token);
    expect(third.touched).toEqual([id]);
    expect((await changes(third.token)).touched).toEqual([]);
  });

  it('410: it starts anew, and any event may have been touched meanwhile', async () => {
    const { google, changes } = await withEvent();
    const { token } = await changes(null);
    expireSyncTokens(google.primary);
    const anew = await changes(token);
    expect(anew).toMatchObject({ token: expect.stringMatching(/^sync /), touched: 'unknown' });
    expect((await changes(anew.token)).touched).toEqual([]);
  });

  it('a token that is none of Google’s makes it start anew', async () => {
    const { changes } = await withEvent();
    expect(await changes('sync of another server')).toMatchObject({ touched: 'unknown' });
    expect(await changes('page of another server')).toMatchObject({ touched: 'unknown' });
    expect(await changes('ctag 17')).toMatchObject({ touched: 'unknown' });
  });

  it('a first listing of many pages goes on where it ended, and knows nothing until it is whole', async () => {
    const { google, changes, id, edit } = await withEvent({ largestPage: 2 });
    for (const other of others(12)) put(google.primary, other);
    const begun = await changes(null);
    expect(begun).toMatchObject({ token: expect.stringMatching(/^page /), touched: 'unknown' });
    edit({ summary: 'edited while it goes on' });
    const whole = await changes(begun.token);
    expect(whole).toMatchObject({ token: expect.stringMatching(/^sync /), touched: 'unknown' });
    expect((await changes(whole.token)).touched).toEqual([id]);
  });

  it('many changes come in pages; more than a few pages of them may be any', async () => {
    const { google, changes } = await withEvent({ largestPage: 2 });
    const { token } = await changes(null);
    const some = others(5);
    for (const other of some) put(google.primary, other);
    const few = await changes(token);
    expect(few.touched).toEqual(some.map((other) => other.id));
    for (const other of others(12)) put(google.primary, other);
    expect(await changes(few.token)).toEqual({ token: null, touched: 'unknown' });
  });

  it('sends no filter with a token, and the parameters of the first listing again', async () => {
    const { google, changes } = await withEvent();
    const { token } = await changes(null);
    await changes(token);
    const [first, second] = google.received('list').map(({ query }) => {
      const { syncToken: _, ...rest } = Object.fromEntries(query);
      return rest;
    });
    expect(second).toEqual(first);
    expect(second).toMatchObject({ showDeleted: 'true' });
  });

  it.each([
    [401, 'authError', 'auth-expired'],
    [403, 'rateLimitExceeded', 'rate-limited'],
    [500, 'backendError', 'provider-error'],
    [404, 'notFound', 'calendar-not-found'],
  ])('I10 a %i (%s) is no answer', async (status, reason, kind) => {
    const { google, changes, watch } = await withEvent();
    const { token } = await changes(null);
    google.faults.next('list', { kind: 'refuse', status, reason }, 2);
    expect((await fails(watch.changes(token, live()))).kind).toBe(kind);
    google.faults.clear();
    expect((await changes(token)).touched).toEqual([]);
  });

  it('I10 a page that is not Google’s is no answer', async () => {
    const { google, watch } = await withEvent();
    google.faults.next('list', { kind: 'answer', body: { items: [] } });
    expect((await fails(watch.changes(null, live()))).kind).toBe('provider-error');
  });
});

describe('looking at our event in a Google calendar (stand-in)', () => {
  it('costs one request where it is as it was written', async () => {
    const { google, look, asWritten } = await withEvent();
    const before = google.received().length;
    expect(await look()).toEqual(asWritten);
    expect(google.received().length - before).toBe(1);
  });

  it('deleted it is missing, and out of the bin it is there again', async () => {
    const { look, edit, asWritten } = await withEvent();
    edit({ status: 'cancelled' });
    expect(await look()).toEqual({ type: 'missing' });
    edit({ status: 'confirmed' });
    expect(await look()).toEqual(asWritten);
  });

  it('forgotten by Google it is missing', async () => {
    const { google, look, id } = await withEvent();
    google.primary.events.delete(id);
    expect(await look()).toEqual({ type: 'missing' });
  });

  it('moved it is at its new time, as Google writes times: with an offset, in a zone, as a whole day', async () => {
    const { look, edit } = await withEvent();
    edit({
      start: { dateTime: '2050-09-05T20:00:00+02:00', timeZone: 'Europe/Oslo' },
      end: { dateTime: '2050-09-05T20:30:00+02:00' },
    });
    expect(await look()).toEqual({ type: 'at', start: '2050-09-05T18:00:00Z', end: '2050-09-05T18:30:00Z' });
    edit({ start: { date: '2050-09-06' }, end: { date: '2050-09-07' } });
    expect(await look()).toEqual({ type: 'at', start: '2050-09-05T22:00:00Z', end: '2050-09-06T22:00:00Z' });
  });

  it('an edited title is no difference', async () => {
    const { look, edit, asWritten } = await withEvent();
    edit({ summary: 'Lunch with Runa', description: 'bring the papers', colorId: '4' });
    expect(await look()).toEqual(asWritten);
  });

  it('moved to another calendar it is missing in this one', async () => {
    const { google, look, changes, id } = await withEvent();
    const { token } = await changes(null);
    moveTo(google.primary, google.addCalendar('private@stand-in.example'), id);
    expect((await changes(token)).touched).toEqual([id]);
    expect(await look()).toEqual({ type: 'missing' });
  });

  it('handed on to another organizer it says so, unless it was moved as well', async () => {
    const { look, edit } = await withEvent();
    edit({ organizer: { email: 'boss@example.test' } });
    expect(await look()).toEqual({ type: 'other-organizer' });
    const later = { start: { dateTime: '2050-09-05T18:00:00Z' }, end: { dateTime: '2050-09-05T18:30:00Z' } };
    edit(later);
    expect(await look()).toEqual({ type: 'at', start: '2050-09-05T18:00:00Z', end: '2050-09-05T18:30:00Z' });
  });

  it('written again after it was deleted, the newer one is looked at', async () => {
    const { google, calendar, edit, event, own, watch, asWritten } = await withEvent();
    edit({ status: 'cancelled' });
    const again = await succeeds(calendar.create(event, live()));
    expect(again.providerEventId).toBe(ownEventId(own, CALENDAR_ID, 1));
    // The log still has the first id, and then the second.
    expect(await succeeds(watch.look(own, live()))).toEqual(asWritten);
    const stored = { providerEventId: again.providerEventId, calendarAddress: google.primary.id };
    expect(await succeeds(watch.look({ ...own, stored }, live()))).toEqual(asWritten);
  });

  it('calrs 1.10: a listing without the event, and one that says it is cancelled, are not believed', async () => {
    const { google, look, id, asWritten } = await withEvent();
    google.faults.always('list', { kind: 'answer', body: { kind: 'calendar#events', items: [] } });
    expect(await look()).toEqual(asWritten);
    const items = [{ id, status: 'cancelled' }];
    google.faults.always('list', { kind: 'answer', body: { kind: 'calendar#events', items } });
    expect(await look()).toEqual(asWritten);
  });

  it.each(['hideCalendar', 'revokeGrant', 'outage', 'unmarked', 'no time', 'another account'] as const)(
    'I10 %s is no answer',
    async (what) => {
      const { google, watch, own, edit, id } = await withEvent();
      if (what === 'hideCalendar') google.hideCalendar();
      if (what === 'revokeGrant') google.tokens.revokeGrant();
      if (what === 'outage') google.faults.always('get', { kind: 'drop' });
      if (what === 'unmarked') edit({ extendedProperties: { private: {} } });
      if (what === 'no time') edit({ start: { dateTime: 'tomorrow' } });
      // `primary` is another calendar by now, and the one where the event was stored is not seen.
      if (what === 'another account') google.primary.events.delete(id);
      const asked =
        what === 'another account'
          ? { ...own, stored: { providerEventId: id, calendarAddress: 'host@elsewhere.example' } }
          : own;
      expect(isLeft(await watch.look(asked, live())())).toBe(true);
    },
  );
});
