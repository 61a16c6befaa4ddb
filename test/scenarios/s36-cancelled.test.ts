import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const cancelsAndAllHear = async ({ runa, settled, records, mails, hooks }: World) => {
  const { uid } = await runa.books();
  await settled();

  const cancelled = await runa.cancels(uid, { cancellationReason: 'The train is late' });
  expect(cancelled).toMatchObject({ http: 200, status: 'cancelled' });
  expect((await records.theStream(uid)).slice(4, 6)).toEqual(['CalendarEventConfirmed', 'BookingCancelled']);
  await settled();

  expect(await runa.looksAt(uid)).toMatchObject({ status: 'cancelled' });
  expect((await records.theStream(uid)).slice(5)).toEqual(['BookingCancelled', 'CalendarRemovalSucceeded']);
  expect(await records.dataOf(uid, 'BookingCancelled')).toMatchObject([{ by: 'guest' }]);
  for (const person of ['runa', 'odd'] as const) {
    expect(await mails.kindsTo(person)).toEqual(['Confirmed', 'Cancelled']);
    const [invitation, cancel] = (await mails.to(person)).map(({ calendarParts }) => calendarParts[0]);
    expect([invitation?.method, cancel?.method]).toEqual(['REQUEST', 'CANCEL']);
    const [was, is] = [invitation, cancel].map((part) => part?.calendar.getFirstSubcomponent('vevent'));
    expect(is?.getFirstPropertyValue('uid')).toBe(was?.getFirstPropertyValue('uid'));
    expect(Number(is?.getFirstPropertyValue('sequence'))).toBeGreaterThan(
      Number(was?.getFirstPropertyValue('sequence')),
    );
  }
  expect(hooks()).toMatchObject([
    { trigger: 'BOOKING_CREATED', status: 'ACCEPTED' },
    { trigger: 'BOOKING_CANCELLED', status: 'CANCELLED' },
  ]);
  return uid;
};

describe('S36 a cancellation that the calendar follows', () => {
  it('is CANCELLED, the event is gone, everybody hears of it once', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    await cancelsAndAllHear(await world({ calendars: [work.calendar] }));
    expect(work.events()).toEqual([]);
    expect(work.asked('remove')).toBe(1);
  });

  it('sends the webhook only once the cancellation is in the log', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const { runa, odd, settled, records, hooks } = await world({ calendars: [work.calendar] });
    const { uid } = await runa.books();
    await settled();

    // An answer that refuses the cancellation tells nobody.
    const tooLate = await odd.cancels('no-such-booking', 'because');
    expect(tooLate).toMatchObject({ http: 404, code: 'booking_not_found' });
    await settled();
    expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CREATED']);

    await odd.cancels(uid, 'Ill');
    await settled();
    const history = await records.history(uid);
    const cause = history.findIndex(({ type }) => type === 'BookingCancelled');
    const told = history.findIndex(
      ({ type, data }) => type === 'NotificationSent' && JSON.stringify(data).includes('BOOKING_CANCELLED'),
    );
    expect(cause).toBeGreaterThan(0);
    expect(told).toBeGreaterThan(cause);
  });
});

describeWith('radicale', 'S36 a cancellation, on a real CalDAV server', () => {
  const server = runningServer(startRadicale);

  it('takes the event out of the calendar', async () => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    await cancelsAndAllHear(scene);
    expect(await work.uids()).toEqual([]);
  });
});
