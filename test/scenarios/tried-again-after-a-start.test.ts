import { describe, expect, it } from 'vitest';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

/** Somebody mends a calendar, or does not, and starts the server again a minute later. */
const restartsLater = async (scene: World): Promise<void> => {
  await scene.passes(60_000);
  await scene.restarts();
  await scene.settled();
};

const tries = async ({ records }: World, uid: string, type: string): Promise<number> =>
  (await records.dataOf(uid, type)).length;

describe('what failed for good, and was mended, is tried again by a start', () => {
  it.each(['auth-revoked', 'forbidden', 'calendar-not-found', 'no-credential', 'invalid-request'] as const)(
    'a pending booking that %s kept from its calendar is accepted',
    async (kind) => {
      const work = scriptedCalendar({ calendarId: 'work' });
      work.always('create', { type: 'refuse', kind });
      const scene = await world({ calendars: [work.calendar] });
      const { uid } = await scene.runa.books();
      await scene.settled();
      await scene.passes(60_000);
      expect(work.asked('create')).toBe(1);

      work.always('create', { type: 'accept' });
      await restartsLater(scene);

      expect(await scene.runa.looksAt(uid)).toMatchObject({ status: 'accepted' });
      expect(await tries(scene, uid, 'CalendarRetryRequested')).toBe(1);
      expect((await scene.records.history(uid)).find(({ type }) => type === 'CalendarRetryRequested')?.actor).toEqual({
        kind: 'system',
      });
      expect(await scene.mails.kindsTo('odd')).toEqual(['Action needed', 'Now confirmed']);
      expect(work.events()).toMatchObject([{ status: 'confirmed' }]);
    },
  );

  it('is tried once a start, and nobody is told again what they know', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'auth-revoked' });
    const scene = await world({ calendars: [work.calendar] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    const told = [await scene.mails.kindsTo('odd'), await scene.mails.kindsTo('runa')];
    for (const starts of [1, 2]) {
      await restartsLater(scene);
      expect(await tries(scene, uid, 'CalendarSyncStarted')).toBe(1 + starts);
    }
    expect(await scene.runa.looksAt(uid)).toMatchObject({ status: 'pending', pendingReason: 'calendar_sync_failed' });
    expect([await scene.mails.kindsTo('odd'), await scene.mails.kindsTo('runa')]).toEqual(told);
    expect(scene.hooks()).toHaveLength(1);
  });

  it('a calendar that is still refused is asked about one booking, not about all that wait', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'auth-revoked' });
    const scene = await world({ calendars: [work.calendar] });
    for (const hour of ['07', '08', '09', '10']) await scene.runa.books({ start: `2050-09-05T${hour}:00:00Z` });
    await scene.settled();
    expect(work.asked('create')).toBe(4);

    await restartsLater(scene);
    expect(work.asked('create')).toBe(5);
    expect(scene.problems).toEqual([
      'calendar work: still refused after the start; 3 more bookings wait until it is mended',
    ]);

    work.always('create', { type: 'accept' });
    await restartsLater(scene);
    expect(work.events()).toHaveLength(4);
  });

  it('so is a second calendar of an accepted booking, a confirmation, and a removal', async () => {
    const [work, home] = [scriptedCalendar({ calendarId: 'work' }), scriptedCalendar({ calendarId: 'home' })];
    home.always('create', { type: 'refuse', kind: 'forbidden' });
    work.always('change', { type: 'refuse', kind: 'auth-revoked' });
    work.always('remove', { type: 'refuse', kind: 'auth-revoked' });
    const scene = await world({ calendars: [work.calendar, home.calendar] });
    const live = await scene.runa.books();
    const gone = await scene.runa.books({ start: '2050-09-05T10:00:00Z' });
    await scene.settled();
    await scene.runa.cancels(gone.uid);
    await scene.settled();
    expect(work.events().map(({ status }) => status)).toEqual(['tentative', 'tentative']);
    expect(await scene.odd.looksAt(live.uid)).toMatchObject({
      status: 'accepted',
      body: { data: { calendars: [{ eventStatus: 'tentative', failure: { kind: 'auth-revoked' } }, {}] } },
    });

    home.always('create', { type: 'accept' });
    for (const operation of ['change', 'remove'] as const) work.always(operation, { type: 'accept' });
    await restartsLater(scene);

    for (const calendar of [work, home])
      expect(calendar.events()).toMatchObject([{ bookingUid: live.uid, status: 'confirmed' }]);
    expect((await scene.records.theStream(gone.uid)).at(-1)).toBe('CalendarRemovalSucceeded');
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Confirmed', 'Cancelled']);
  });

  it('a calendar that is not connected is asked for nothing, and what would be tried anyway is left alone', async () => {
    const [work, home] = [scriptedCalendar({ calendarId: 'work' }), scriptedCalendar({ calendarId: 'home' })];
    work.always('create', { type: 'refuse', kind: 'auth-revoked' });
    home.always('create', { type: 'refuse', kind: 'network' });
    const scene = await world({ calendars: [work.calendar, home.calendar] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    await scene.restarts({ calendars: [home.calendar] });
    await scene.settled();
    expect(await tries(scene, uid, 'CalendarRetryRequested')).toBe(0);
  });
});
