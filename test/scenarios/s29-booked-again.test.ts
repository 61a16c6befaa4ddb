import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

/** Runa books, cancels, and Kari books the same slot. */
const bookedTwice = async ({ runa, settled, mails, hooks }: World) => {
  const first = await runa.books();
  await settled();
  await runa.cancels(first.uid);
  await settled();

  const second = await runa.books({ name: 'Kari' });
  await settled();

  expect(second).toMatchObject({ http: 201, status: 'accepted' });
  expect(second.uid).not.toBe(first.uid);
  expect(await runa.looksAt(first.uid)).toMatchObject({ status: 'cancelled' });
  expect(await mails.kindsTo('odd')).toEqual(['Confirmed', 'Cancelled', 'Confirmed']);
  expect(hooks().map(({ trigger, uid }) => [trigger, uid])).toEqual([
    ['BOOKING_CREATED', first.uid],
    ['BOOKING_CANCELLED', first.uid],
    ['BOOKING_CREATED', second.uid],
  ]);
  return second;
};

describe('S29 the same slot is booked again after a cancellation', () => {
  it('is taken, under a uid of its own, and the calendar holds the new booking alone', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const second = await bookedTwice(await world({ calendars: [work.calendar] }));
    expect(work.events().map(({ bookingUid }) => bookingUid)).toEqual([second.uid]);
  });

  it('under the same Idempotency-Key it is the cancelled booking that answers, not a new one', async () => {
    const { runa, settled, records } = await world({ calendars: [] });
    const first = await runa.books({}, { key: 'one-key-one-booking' });
    await runa.cancels(first.uid);
    await settled();

    expect(await runa.books({}, { key: 'one-key-one-booking' })).toMatchObject({ uid: first.uid, status: 'cancelled' });
    expect(await records.list()).toHaveLength(1);
  });
});

describeWith('radicale', 'S29 the same slot is booked again, on a real CalDAV server', () => {
  const server = runningServer(startRadicale);

  it('is taken, and the calendar holds the new booking alone', async () => {
    const work = await realCalendar(server());
    const second = await bookedTwice(await world({ configured: [work.settings] }));
    expect(await work.uids()).toEqual([`${second.uid}@holdfast`]);
  });
});
