import { describe, expect, it } from 'vitest';
import { standInGoogle } from '../support/scenario-google.ts';
import { world } from '../support/scenario-world.ts';

/** Google takes the event and makes its Meet room later; the step that writes the link into the event meets trouble. */
const given = async () => {
  const { google, settings } = await standInGoogle();
  google.primary.meet = 'pending';
  const intro = { locations: [{ type: 'integration', integration: 'google-meet' }] } as const;
  const scene = await world({ configured: [settings], intro });
  const booked = await scene.runa.books();
  await scene.settled();
  const [event] = google.primary.events.values();
  return { google, scene, booked, eventId: String(event?.id) };
};

describe('S10 the calendar holds the booking, the meeting link comes later and not at once', () => {
  it('makes the booking ACCEPTED under the id it has, and tries the link alone again', async () => {
    const { google, scene, booked, eventId } = await given();
    const { records, runa, mails, hooks, passes } = scene;

    expect(booked).toMatchObject({ http: 201, status: 'accepted' });
    expect(await records.dataOf(booked.uid, 'CalendarSyncSucceeded')).toMatchObject([
      { providerEventId: eventId, meetingUrl: null },
    ]);
    expect(await records.dataOf(booked.uid, 'CalendarDecorationFailed')).toHaveLength(1);
    expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);

    google.finishRooms();
    google.faults.next('patch', { kind: 'refuse', status: 500, reason: 'backendError' });
    await passes(5_000);
    expect(await records.dataOf(booked.uid, 'CalendarDecorationFailed')).toHaveLength(2);
    expect((await runa.looksAt(booked.uid)).status).toBe('accepted');
    await passes(10_000);

    const link = `https://meet.google.com/stand-in-${booked.uid}`;
    expect(await records.dataOf(booked.uid, 'CalendarEventDecorated')).toMatchObject([{ meetingUrl: link }]);
    expect(google.primary.events.get(eventId)).toMatchObject({ location: link, status: 'confirmed' });
    expect(await runa.looksAt(booked.uid)).toMatchObject({ body: { data: { meetingUrl: link } } });
    expect(google.received('insert')).toHaveLength(1);
    expect(google.primary.events.size).toBe(1);
    expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CREATED']);
    expect(await mails.kindsTo('odd')).toEqual(['Confirmed']);
  });

  it('takes the event out of the calendar when the booking is cancelled before the link came', async () => {
    const { google, scene, booked, eventId } = await given();

    await scene.runa.cancels(booked.uid);
    await scene.settled();
    await scene.passes(60_000);

    expect(google.primary.events.get(eventId)).toMatchObject({ status: 'cancelled' });
    const stream = await scene.records.theStream(booked.uid);
    expect(stream.slice(-2)).toEqual(['BookingCancelled', 'CalendarRemovalSucceeded']);
    // The one change told the calendar that the booking was on; none came after the cancellation.
    expect(google.received('patch')).toHaveLength(1);
  });
});
