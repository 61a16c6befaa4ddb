import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';
import { ownEventId } from '../../../../src/adapters/calendars/google/locate-own-events.ts';
import { anEvent, fails, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { CALENDAR_ID, DELEGATED, SERVICE_ACCOUNT } from '../../../support/google-stand-in/connect.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();
const withMeet = anEvent({ conference: some({ requestId: 'room-of-bk1' }) });
const id = (generation: number): string => ownEventId(anEvent(), CALENDAR_ID, generation);

describe('creating an event (Google stand-in)', () => {
  it('sends our own id, our mark, the guests, and no iCalUID beside the id', async () => {
    const { google, calendar } = await given();
    await succeeds(calendar.create(anEvent(), live()));
    const sent = JSON.parse(google.received('insert')[0]?.body ?? '');
    expect(sent).toMatchObject({
      id: id(0),
      start: { dateTime: '2050-09-05T09:00:00Z', timeZone: 'Europe/Oslo' },
      reminders: { useDefault: true },
      attendees: [{ email: 'runa@example.test', displayName: 'Runa', responseStatus: 'accepted' }],
      extendedProperties: { private: { holdfastBooking: 'bk1', holdfastIcsUid: 'bk1@holdfast.test' } },
    });
    expect(sent).not.toHaveProperty('iCalUID');
    expect(sent).not.toHaveProperty('sequence');
  });

  it('names guests in ASCII, and leaves those out who cannot be: one would cost the booking its event', async () => {
    const { google, calendar } = await given();
    const emails = ['runa@bücher.example', 'rúna@example.test', 'a\u200B@example.test'];
    const attendees = emails.map((email) => ({ name: '', email }));
    await succeeds(calendar.create(anEvent({ attendees }), live()));
    expect(JSON.parse(google.received('insert')[0]?.body ?? '')).toMatchObject({
      attendees: [{ email: 'runa@xn--bcher-kva.example' }],
    });
    expect(google.received('insert')[0]?.body).not.toContain('example.test"');
  });

  it('keeps halves of characters and control characters from Google, and lets text be text', async () => {
    const { google, calendar } = await given();
    const hostile = { summary: 'a\u0000b\ud800c\u{1f600}', description: '<b>1 & 2</b>\nnext' };
    await succeeds(calendar.create(anEvent(hostile), live()));
    expect(JSON.parse(google.received('insert')[0]?.body ?? '')).toMatchObject({
      summary: 'ab\ufffdc\u{1f600}',
      description: '&lt;b&gt;1 &amp; 2&lt;/b&gt;\nnext',
    });
  });

  it('S08: takes success without an id for a failure; the repeat finds the event', async () => {
    const { google, calendar } = await given();
    google.faults.next('insert', { kind: 'answer-without-id' });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('outcome-unknown');
    expect((await succeeds(calendar.create(anEvent(), live()))).providerEventId).toBe(id(0));
    expect(google.primary.events.size).toBe(1);
  });

  it('writes a booking anew, under the next id, after its event was deleted and Google kept the id alone', async () => {
    const { google, calendar } = await given();
    await succeeds(calendar.create(anEvent(), live()));
    google.primary.events.set(id(0), { id: id(0), status: 'cancelled' });
    expect((await succeeds(calendar.create(anEvent(), live()))).providerEventId).toBe(id(1));
    expect((await succeeds(calendar.create(anEvent(), live()))).providerEventId).toBe(id(1));
    expect(await succeeds(calendar.find(ownOf(anEvent()), live()))).toMatchObject(some({ providerEventId: id(1) }));
  });

  it('gives up after eight deletions', async () => {
    const { google, calendar } = await given();
    for (const generation of [0, 1, 2, 3, 4, 5, 6, 7]) {
      google.primary.events.set(id(generation), { id: id(generation), status: 'cancelled' });
    }
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('already-exists');
    expect(google.received('insert')).toHaveLength(8);
  });
});

describe('a Meet room (Google stand-in)', () => {
  it('comes with the answer, under the request id of the booking', async () => {
    const { google, calendar } = await given();
    const stored = await succeeds(calendar.create(withMeet, live()));
    expect(stored.meetingUrl).toEqual(some('https://meet.google.com/stand-in-room-of-bk1'));
    expect(google.received('insert')[0]?.query.get('conferenceDataVersion')).toBe('1');
  });

  it('that is still being made leaves the event known, and its link comes with a later look', async () => {
    const { google, calendar } = await given();
    google.primary.meet = 'pending';
    const stored = await succeeds(calendar.create(withMeet, live()));
    expect(stored).toMatchObject({ providerEventId: id(0), meetingUrl: none });
    google.finishRooms();
    expect(await succeeds(calendar.find(ownOf(withMeet), live()))).toMatchObject(
      some({ meetingUrl: some('https://meet.google.com/stand-in-room-of-bk1') }),
    );
  });

  it('that this calendar cannot have does not block the event', async () => {
    const { google, calendar } = await given();
    google.primary.meet = 'unsupported';
    expect((await succeeds(calendar.create(withMeet, live()))).meetingUrl).toEqual(none);
    expect(google.primary.events.size).toBe(1);
  });

  it('is not asked for, nor are guests listed, where a service account acts for nobody', async () => {
    const { google, calendar } = await given({ credentials: SERVICE_ACCOUNT });
    expect((await succeeds(calendar.create(withMeet, live()))).meetingUrl).toEqual(none);
    expect(google.received('insert')).toHaveLength(1);
    expect(google.primary.events.get(id(0))).not.toHaveProperty('attendees');
  });

  it('is made where a service account acts for a user', async () => {
    const { google, calendar } = await given({ credentials: DELEGATED });
    expect((await succeeds(calendar.create(withMeet, live()))).meetingUrl).not.toEqual(none);
    expect(google.primary.events.get(id(0))?.attendees).toHaveLength(1);
  });
});
