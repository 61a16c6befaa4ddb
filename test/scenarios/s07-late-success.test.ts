import { describe, expect, it } from 'vitest';
import { until, type World, world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

/** One calendar refuses at once, the other one takes its time. */
const given = async () => {
  const quick = scriptedCalendar({ calendarId: 'quick' });
  quick.always('create', { type: 'refuse', kind: 'forbidden' });
  const slow = scriptedCalendar({ calendarId: 'slow', plan: { create: [{ type: 'stall' }] } });
  const scene = await world({ calendars: [quick.calendar, slow.calendar] });
  const booked = await scene.runa.books({}, { async: true });
  await until('the slow calendar is asked', () => slow.asked('create') === 1);
  return { quick, slow, scene, uid: booked.uid };
};

const hasHappened = (scene: World, uid: string, type: string, stepMs = 0) =>
  until(`${type} is in the stream`, async () => (await scene.records.theStream(uid)).includes(type), {
    clock: scene.clock,
    stepMs,
  });

describe('S07 a failure is reported before another calendar succeeds', () => {
  it('confirms without ado when the success comes within the settle window', async () => {
    const { scene, slow, uid } = await given();
    await hasHappened(scene, uid, 'CalendarSyncFailed');
    scene.clock.advance(2_999);
    expect((await scene.runa.looksAt(uid)).status).toBe('pending');
    expect(await scene.mails.all()).toEqual([]);

    slow.release();
    await hasHappened(scene, uid, 'BookingAccepted');
    await scene.settled();

    expect(await scene.records.theStream(uid)).not.toContain('BookingLeftPending');
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(await scene.mails.kindsTo('odd')).toEqual(['Confirmed']);
    expect(scene.hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CREATED']);
  });

  it('says "not confirmed yet" after the settle window, and corrects it once the success comes', async () => {
    const { scene, slow, uid } = await given();
    await hasHappened(scene, uid, 'CalendarSyncFailed');
    await hasHappened(scene, uid, 'BookingLeftPending', 500);
    await until('Runa was told', async () => (await scene.mails.kindsTo('runa')).length > 0);
    await until('Odd was told', async () => (await scene.mails.kindsTo('odd')).length > 0);
    expect((await scene.runa.looksAt(uid)).status).toBe('pending');

    slow.release();
    await hasHappened(scene, uid, 'BookingAccepted');
    await scene.settled();

    expect(await scene.mails.kindsTo('runa')).toEqual(['Not confirmed yet', 'Now confirmed']);
    const [, correction] = await scene.mails.to('runa');
    expect(correction?.text).toContain('Earlier we wrote that your booking was not confirmed yet.');
    expect(await scene.mails.kindsTo('odd')).toEqual(['Action needed', 'Now confirmed']);
    expect(scene.hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CALENDAR_SYNC_FAILED', 'BOOKING_CREATED']);
  });
});

describe('S07 a success comes first, the failure of another calendar after it', () => {
  it('confirms at once, and tells the host alone of the failure', async () => {
    const quick = scriptedCalendar({ calendarId: 'quick' });
    const slow = scriptedCalendar({
      calendarId: 'slow',
      plan: { create: [{ type: 'stall-and-refuse', kind: 'forbidden' }] },
    });
    const { runa, settled, mails, hooks, records } = await world({ calendars: [quick.calendar, slow.calendar] });

    const booked = await runa.books();
    expect(booked).toMatchObject({ status: 'accepted' });
    await until('the slow calendar is asked', () => slow.asked('create') === 1);
    slow.release();
    await settled();

    expect((await runa.looksAt(booked.uid)).status).toBe('accepted');
    expect(await records.theStream(booked.uid)).not.toContain('BookingLeftPending');
    expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(await mails.kindsTo('odd')).toEqual(['Confirmed', 'Action needed']);
    const [, alert] = await mails.to('odd');
    expect(alert?.text).toContain('The booking is confirmed');
    expect(alert?.text).not.toContain('not confirmed');
    expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CREATED']);
  });
});
