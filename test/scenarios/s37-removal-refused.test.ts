import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const cancelsInVain = async ({ runa, odd, settled, records, mails, hooks }: World) => {
  const { uid } = await runa.books();
  await settled();
  expect(await runa.cancels(uid)).toMatchObject({ http: 200, status: 'cancelled' });
  await settled();

  expect(await odd.looksAt(uid)).toMatchObject({
    status: 'cancelled',
    body: { data: { calendars: [{ status: 'removal-failed', failure: { kind: 'forbidden' } }] } },
  });
  expect((await records.theStream(uid)).slice(5)).toEqual(['BookingCancelled', 'CalendarRemovalFailed']);
  expect(await mails.kindsTo('runa')).toEqual(['Confirmed', 'Cancelled']);
  expect(await mails.kindsTo('odd')).toEqual(['Confirmed', 'Cancelled', 'Still in your calendar']);
  expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CREATED', 'BOOKING_CANCELLED']);
  return uid;
};

/** The orphan in the calendar keeps nobody from the slot. */
const isFreeAllTheSame = async ({ runa, freeSlots, settled }: World): Promise<string> => {
  expect(await freeSlots('2050-09-05')).toContain('09:00');
  const again = await runa.books({ name: 'Kari' }, { async: true });
  expect(again).toMatchObject({ http: 201 });
  await settled();
  expect(await freeSlots('2050-09-05')).not.toContain('09:00');
  return again.uid;
};

describe('S37 a cancellation that the calendar refuses to follow', () => {
  it('is CANCELLED for people; the slot can be booked; the removal is pending and tried again', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('remove', { type: 'refuse', kind: 'forbidden' });
    const scene = await world({ calendars: [work.calendar] });

    const uid = await cancelsInVain(scene);
    expect(work.events()).toHaveLength(1);
    const other = await isFreeAllTheSame(scene);
    await scene.passes(5_000);
    expect(await scene.records.dataOf(uid, 'CalendarRemovalFailed')).toHaveLength(2);
    expect((await scene.mails.kindsTo('odd')).filter((kind) => kind === 'Still in your calendar')).toHaveLength(1);

    work.always('remove', { type: 'accept' });
    await scene.passes(10_000);

    expect((await scene.records.theStream(uid)).at(-1)).toBe('CalendarRemovalSucceeded');
    expect(work.events().map(({ bookingUid }) => bookingUid)).toEqual([other]);
    expect(await scene.odd.looksAt(uid)).toMatchObject({ body: { data: { calendars: [{ status: 'removed' }] } } });
    expect(await scene.odd.looksAt(other)).toMatchObject({ status: 'accepted' });
  });

  it('keeps the foreign busy times of the same calendar', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('remove', { type: 'refuse', kind: 'forbidden' });
    const scene = await world({ calendars: [work.calendar] });
    await cancelsInVain(scene);
    const [orphan] = work.events();
    const start = Temporal.Instant.from(orphan?.start ?? '').epochMilliseconds;

    work.addForeign({ start, end: start + 60_000 });

    expect(await scene.freeSlots('2050-09-05')).not.toContain('09:00');
    expect(await scene.runa.books({ name: 'Kari' })).toMatchObject({ http: 409, code: 'slot_unavailable' });
  });
});

describeWith('radicale', 'S37 a cancellation that a real CalDAV server refuses to follow', () => {
  const server = runningServer(startRadicale);

  it('is CANCELLED, the slot is free while the orphan is there, and the orphan goes when it can', async () => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    const { uid: kept } = await scene.runa.books({ start: '2050-09-05T09:00:00Z' });
    await scene.settled();
    const uid = await scene.runa.books();
    await scene.settled();
    await work.setReadOnly(true);
    await scene.runa.cancels(uid.uid);
    await scene.settled();
    expect(new Set(await work.uids())).toEqual(new Set([`${kept}@holdfast`, `${uid.uid}@holdfast`]));
    expect(await scene.mails.kindsTo('odd')).toContain('Still in your calendar');
    const other = await isFreeAllTheSame(scene);

    await work.setReadOnly(false);
    await scene.passes(5_000);

    expect(new Set(await work.uids())).toContain(`${kept}@holdfast`);
    expect(await work.uids()).not.toContain(`${uid.uid}@holdfast`);
    await scene.odd.retries(other);
    await scene.settled();
    expect(new Set(await work.uids())).toEqual(new Set([`${kept}@holdfast`, `${other}@holdfast`]));
  });
});
