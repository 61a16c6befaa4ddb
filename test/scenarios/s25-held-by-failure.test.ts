import { describe, expect, it } from 'vitest';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const MONDAY = '2050-09-05';

/** A booking at nine that no calendar takes. `kind`: why. */
const given = async (kind: 'forbidden' | 'network') => {
  const work = scriptedCalendar({ calendarId: 'work' });
  work.always('create', { type: 'refuse', kind });
  const scene = await world({ calendars: [work.calendar] });
  expect(await scene.freeSlots(MONDAY)).toContain('09:00');
  const held = await scene.runa.books();
  await scene.settled();
  expect(held).toMatchObject({ status: 'pending', pendingReason: 'calendar_sync_failed' });
  return { work, scene, held };
};

const bothRefuse = async ({ runa, freeSlots, records }: World): Promise<void> => {
  const before = await records.head();
  const free = await freeSlots(MONDAY);
  expect(free).not.toContain('09:00');
  expect(free).toContain('09:30');
  expect(await runa.books({ name: 'Kari' })).toMatchObject({ http: 409, code: 'slot_unavailable' });
  expect(await records.head()).toEqual(before);
};

const bothAgreeItIsFree = async ({ runa, freeSlots }: World): Promise<void> => {
  expect(await freeSlots(MONDAY)).toContain('09:00');
  expect(await runa.books({ name: 'Kari' })).toMatchObject({ http: 201 });
  expect(await freeSlots(MONDAY)).not.toContain('09:00');
};

describe('S25 a slot is held by a booking that is PENDING by failure', () => {
  it('is neither shown nor given, and free the moment the booking is cancelled', async () => {
    const { scene, held } = await given('forbidden');
    await bothRefuse(scene);

    expect(await scene.runa.cancels(held.uid)).toMatchObject({ http: 200, status: 'cancelled' });

    await bothAgreeItIsFree(scene);
  });

  it.each(['forbidden', 'network'] as const)('is free when the booking expires at its deadline (%s)', async (kind) => {
    const { scene, held } = await given(kind);
    expect(await scene.records.dataOf(held.uid, 'BookingLeftPending')).toMatchObject([
      { deadline: '2050-09-02T00:00:00Z' },
    ]);

    await scene.becomes('2050-09-01T23:59:59.999Z');
    await bothRefuse(scene);

    await scene.passes(1);
    expect(await scene.runa.looksAt(held.uid)).toMatchObject({ status: 'rejected' });
    expect((await scene.records.theStream(held.uid)).at(-1)).toBe('BookingExpired');
    await bothAgreeItIsFree(scene);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Not confirmed yet', 'Sorry, not confirmed']);
    expect((await scene.mails.kindsTo('odd')).slice(0, 2)).toEqual(['Action needed', 'Expired']);
    expect(scene.hooks().map(({ trigger }) => trigger)).not.toContain('BOOKING_CREATED');
  });

  it('stays held when the calendar comes back, now by an ACCEPTED booking', async () => {
    const { work, scene, held } = await given('network');
    work.always('create', { type: 'accept' });

    await scene.passes(5_000);

    expect(await scene.runa.looksAt(held.uid)).toMatchObject({ status: 'accepted' });
    await bothRefuse(scene);
    expect(work.events()).toHaveLength(1);
  });
});
