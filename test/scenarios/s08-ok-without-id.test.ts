import { describe, expect, it } from 'vitest';
import { standInGoogle } from '../support/scenario-google.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const isNoSuccess = async ({ runa, records, mails, hooks }: World, uid: string): Promise<void> => {
  expect((await runa.looksAt(uid)).status).toBe('pending');
  const stream = await records.theStream(uid);
  expect(stream.slice(1, 4)).toEqual(['CalendarSyncStarted', 'CalendarSyncFailed', 'BookingLeftPending']);
  expect(stream).not.toContain('CalendarSyncSucceeded');
  expect(await records.dataOf(uid, 'CalendarSyncFailed')).toMatchObject([{ kind: 'outcome-unknown' }]);
  expect(await mails.kindsTo('runa')).toEqual(['Not confirmed yet']);
  expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CALENDAR_SYNC_FAILED']);
};

describe('S08 the calendar answers "ok" without an id', () => {
  const given = async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'accept-without-id' }] } });
    const scene = await world({ calendars: [work.calendar] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    return { work, scene, uid };
  };

  it('counts it as a failure, and finds the event at the next try instead of writing a second one', async () => {
    const { work, scene, uid } = await given();
    await isNoSuccess(scene, uid);

    await scene.passes(5_000);

    expect((await scene.runa.looksAt(uid)).status).toBe('accepted');
    expect(await scene.records.dataOf(uid, 'CalendarSyncSucceeded')).toMatchObject([{ found: true, attempt: 2 }]);
    expect(work.asked('create')).toBe(1);
    expect(work.events()).toHaveLength(1);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Not confirmed yet', 'Now confirmed']);
  });

  it('takes out of the calendar what may be there, when the booking is cancelled instead', async () => {
    const { work, scene, uid } = await given();

    await scene.runa.cancels(uid);
    await scene.settled();

    expect(work.events()).toEqual([]);
    expect((await scene.records.theStream(uid)).at(-1)).toBe('CalendarRemovalSucceeded');
  });
});

describe('S08 Google (a stand-in, over HTTP) answers "ok" without an id', () => {
  const given = async () => {
    const { google, settings } = await standInGoogle();
    google.faults.next('insert', { kind: 'answer-without-id' });
    const scene = await world({ configured: [settings] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    const live = () => [...google.primary.events.values()].filter(({ status }) => status !== 'cancelled');
    return { live, scene, uid };
  };

  it('counts it as a failure, and finds the event at the next try', async () => {
    const { live, scene, uid } = await given();
    await isNoSuccess(scene, uid);

    await scene.passes(5_000);

    expect((await scene.runa.looksAt(uid)).status).toBe('accepted');
    expect(live()).toHaveLength(1);
  });

  it('leaves no orphan when the booking is cancelled instead', async () => {
    const { live, scene, uid } = await given();

    await scene.runa.cancels(uid);
    await scene.settled();

    expect(live()).toEqual([]);
  });
});
