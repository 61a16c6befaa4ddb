import { describe, expect, it } from 'vitest';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { scriptedConferencing } from '../support/scripted-conferencing.ts';

const FALLBACK = 'https://meet.example/odd';

const given = async (fallbackLink?: string) => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const video = scriptedConferencing();
  video.always('fails');
  const location = { type: 'integration', integration: 'scripted-rooms', ...(fallbackLink ? { fallbackLink } : {}) };
  const intro = { locations: [{ ...location, type: 'integration' as const }] };
  const scene = await world({ calendars: [work.calendar], conferencing: [video.conferencing], intro });
  const booked = await scene.runa.books();
  await scene.settled();
  return { work, video, scene, booked };
};

describe('S12 the video provider is down, a fallback link is allowed', () => {
  it('makes the booking ACCEPTED; mails and calendar carry the fallback and say so', async () => {
    const { work, scene, booked } = await given(FALLBACK);

    expect(booked).toMatchObject({ http: 201, status: 'accepted' });
    expect(await scene.records.dataOf(booked.uid, 'RoomReady')).toMatchObject([{ url: FALLBACK, fallback: true }]);
    for (const person of ['runa', 'odd'] as const) {
      const [mail, ...more] = await scene.mails.to(person);
      expect(more).toEqual([]);
      expect(mail).toMatchObject({ kind: 'Confirmed' });
      expect(mail?.text).toContain(FALLBACK);
      expect(mail?.text).toContain('The link below is a replacement');
    }
    const [event] = work.events();
    expect(event).toMatchObject({ location: FALLBACK });
    expect(event?.description).toContain(`Join: ${FALLBACK} (replacement link`);
    expect(JSON.stringify(event)).not.toMatch(/rooms\.test|undefined|null/);
    expect(scene.hooks()).toMatchObject([{ trigger: 'BOOKING_CREATED', status: 'ACCEPTED' }]);
  });
});

describe('S13 the video provider is down and there is no fallback', () => {
  it('makes the booking ACCEPTED without a link, and alerts the host; nobody sees an error', async () => {
    const { work, video, scene, booked } = await given();

    expect(booked).toMatchObject({ http: 201, status: 'accepted' });
    expect(await scene.records.theStream(booked.uid)).toEqual([
      'BookingRequested',
      'RoomFailed',
      'CalendarSyncStarted',
      'CalendarSyncSucceeded',
      'BookingAccepted',
      'CalendarEventConfirmed',
    ]);
    expect(booked.reply.text).not.toMatch(/"meetingUrl"|"location":"https:/);
    expect(work.events()).toHaveLength(1);
    expect(work.events()[0]?.description).not.toContain('Join:');
    const [toOdd] = await scene.mails.to('odd');
    expect(toOdd?.text).toContain('Action needed: no video room could be made');
    expect(toOdd?.text).toContain('Please tell Runa where to meet.');
    const [toRuna] = await scene.mails.to('runa');
    expect(toRuna?.text).toContain('There is no video link yet.');
    expect(toRuna?.text).not.toContain('Video link:');
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(video.calls).toHaveLength(1);
    expect(scene.hooks()).toMatchObject([{ trigger: 'BOOKING_CREATED', status: 'ACCEPTED' }]);
  });
});
