import { describe, expect, it } from 'vitest';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { scriptedConferencing } from '../support/scripted-conferencing.ts';

const inARoom = { locations: [{ type: 'integration', integration: 'scripted-rooms' }] } as const;

describe('S03 the calendar refuses for good, the video provider works', () => {
  it('leaves it PENDING, gives no link away, and takes the same room for the retry', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'forbidden' });
    const video = scriptedConferencing();
    const circumstances = { calendars: [work.calendar], conferencing: [video.conferencing], intro: inARoom };
    const { runa, odd, settled, records, mails, hooks } = await world(circumstances);

    const booked = await runa.books();
    await settled();

    const room = `https://rooms.test/${booked.uid}`;
    expect(booked).toMatchObject({ http: 201, status: 'pending', pendingReason: 'calendar_sync_failed' });
    expect(await records.theStream(booked.uid)).toEqual([
      'BookingRequested',
      'RoomReady',
      'CalendarSyncStarted',
      'CalendarSyncFailed',
      'BookingLeftPending',
    ]);
    expect(await records.dataOf(booked.uid, 'RoomReady')).toMatchObject([{ url: room, fallback: false }]);
    expect(await mails.kindsTo('runa')).toEqual(['Not confirmed yet']);
    const mailed = (await mails.to('runa')).map(({ text, html }) => text + html).join();
    expect(mailed).not.toContain('rooms.test');
    expect((await runa.looksAt(booked.uid)).reply.text).not.toContain('rooms.test');
    expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CALENDAR_SYNC_FAILED']);

    work.always('create', { type: 'accept' });
    await odd.retries(booked.uid);
    await settled();

    expect(await runa.looksAt(booked.uid)).toMatchObject({ status: 'accepted' });
    expect(video.calls).toHaveLength(1);
    expect(video.rooms()).toHaveLength(1);
    expect(work.events()).toMatchObject([{ location: room }]);
    const confirmation = (await mails.to('runa')).at(-1);
    expect(confirmation).toMatchObject({ kind: 'Now confirmed' });
    expect(confirmation?.text).toContain(room);
  });

  it("hides the room's link from whoever follows the history without a key", async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'refuse', kind: 'forbidden' }] } });
    const video = scriptedConferencing();
    const circumstances = { calendars: [work.calendar], conferencing: [video.conferencing], intro: inARoom };
    const { runa, settled, client, hooks, subscriber } = await world(circumstances);

    const { uid } = await runa.books();
    await settled();

    expect((await client().get(`/v2/bookings/${uid}/events`)).text).not.toContain('rooms.test');
    expect(hooks()).toHaveLength(1);
    expect(subscriber.received[0]?.body.toString('utf8')).not.toContain('rooms.test');
  });
});
