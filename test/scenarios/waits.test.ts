import { describe, expect, it, onTestFinished } from 'vitest';
import type { Configuration } from '../../src/adapters/configuration/configuration.ts';
import { introBody } from '../support/booking-bodies.ts';
import type { Circumstances } from '../support/scenario-configuration.ts';
import type { World } from '../support/scenario-world.ts';
import { until, world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

/** Runa's meeting begins then if she names no time. */
const START = '2050-09-05T07:00:00Z';
const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;

const given = async (circumstances: Circumstances = {}) => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const scene = await world({ calendars: [work.calendar], ...circumstances });
  return { work, scene };
};

/** With a real SMTP server that puts off the first `faults` mails. */
const sceneWithMailServer = async (mail: Configuration['retries']['mail'], faults: number) => {
  const smtp = await startSmtpServer({ faults: Array(faults).fill({ at: 'data', reply: 451, text: 'later' }) });
  onTestFinished(smtp.stop);
  const from = { name: 'Holdfast', address: 'holdfast@example.org' };
  const server = { host: '127.0.0.1', port: smtp.port, security: 'none', ca: null, login: null } as const;
  return { smtp, ...(await given({ mail: { type: 'smtp', from, ...server }, retries: { mail } })) };
};

/** When events of a type were written, epoch ms. */
const timesOf = async ({ records }: World, uid: string, type: string): Promise<ReadonlyArray<number>> =>
  (await records.history(uid)).filter((event) => event.type === type).map(({ occurredAt }) => ms(occurredAt));

/** It has not happened a millisecond before its time, and it has at its time. */
const happensAt = async (scene: World, uid: string, type: string, epochMs: number): Promise<void> => {
  await scene.passes(epochMs - 1 - scene.clock.now());
  expect(await timesOf(scene, uid, type)).toEqual([]);
  await scene.passes(1);
  expect(await timesOf(scene, uid, type)).toEqual([epochMs]);
};

/** Each wait that can be configured, set to two values: it is as long as it says. */
describe('waits are as long as the configuration says', () => {
  it.each([1_000, 7_000])(
    'timings.settleWindow: %d ms until a failure is told while another calendar is asked',
    async (settleWindowMs) => {
      const home = scriptedCalendar({ calendarId: 'home' });
      home.always('create', { type: 'stall' });
      const work = scriptedCalendar({ calendarId: 'work' });
      work.always('create', { type: 'refuse', kind: 'forbidden' });
      const calendars = [work.calendar, home.calendar];
      const scene = await world({ calendars, timings: { settleWindowMs, calendarTimeLimitMs: 60_000 } });
      const { uid } = await scene.runa.books({}, { async: true });
      await until('the failure is known', async () => (await timesOf(scene, uid, 'CalendarSyncFailed')).length === 1);
      const [failedAt = 0] = await timesOf(scene, uid, 'CalendarSyncFailed');
      scene.clock.advance(settleWindowMs - 1);
      await scene.records.list();
      expect(await timesOf(scene, uid, 'BookingLeftPending')).toEqual([]);
      scene.clock.advance(1);
      await until('it is told', async () => (await timesOf(scene, uid, 'BookingLeftPending')).length === 1);
      expect(await timesOf(scene, uid, 'BookingLeftPending')).toEqual([failedAt + settleWindowMs]);
      home.release();
    },
  );

  it.each([2_000, 9_000])('timings.answerWait: %d ms until a request is answered undecided', async (answerWaitMs) => {
    const { work, scene } = await given({ timings: { answerWaitMs, calendarTimeLimitMs: 60_000 } });
    work.always('create', { type: 'stall' });
    let answered = false;
    const asked = scene.runa.books().finally(() => {
      answered = true;
    });
    await until('the calendar is asked', () => work.asked('create') === 1);
    // The request waits by the same clock: for what is left, a second at most each time.
    for (let passed = 0; passed < answerWaitMs - 1_000; passed += 1_000) {
      scene.clock.advance(1_000);
      await scene.client().get('/health/live');
    }
    scene.clock.advance(999);
    await scene.client().get('/health/live');
    expect(answered).toBe(false);
    scene.clock.advance(1);
    expect(await asked).toMatchObject({ status: 'pending' });
    work.release();
  });

  it.each([
    [{ baseMs: 2_000, capMs: 5_000 }, [2_000, 4_000, 5_000, 5_000]],
    [{ baseMs: 30_000, capMs: 3_600_000 }, [30_000, 60_000, 120_000, 240_000]],
  ])('retries.calendar %o: so long between two attempts', async (retry, expected) => {
    const { work, scene } = await given({ retries: { calendar: { ...retry, deadlineMs: 86_400_000 } } });
    work.always('create', { type: 'refuse', kind: 'network' });
    const { uid } = await scene.runa.books();
    for (const wait of expected) await scene.passes(wait);
    const begun = await timesOf(scene, uid, 'CalendarSyncStarted');
    expect(begun.slice(1).map((time, index) => time - (begun[index] ?? 0))).toEqual(expected);
  });

  it.each([3_600_000, 7_200_000])('retries.calendar.deadline: %d ms until a booking expires', async (deadlineMs) => {
    const retries = { calendar: { baseMs: 600_000, capMs: 600_000, deadlineMs } };
    const { work, scene } = await given({ retries });
    work.always('create', { type: 'refuse', kind: 'network' });
    const { uid } = await scene.runa.books();
    const [requestedAt = 0] = await timesOf(scene, uid, 'BookingRequested');
    for (let passed = 0; passed < deadlineMs - 600_000; passed += 600_000) await scene.passes(600_000);
    await happensAt(scene, uid, 'BookingExpired', requestedAt + deadlineMs);
  });

  it.each([60_000, 400_000])(
    'timings.rescheduleAllowance: %d ms until a move is given up',
    async (rescheduleAllowanceMs) => {
      const retries = { calendar: { baseMs: 10_000, capMs: 10_000, deadlineMs: 86_400_000 } };
      const { work, scene } = await given({ timings: { rescheduleAllowanceMs }, retries });
      const { uid } = await scene.runa.books();
      await scene.settled();
      work.always('change', { type: 'refuse', kind: 'network' });
      const move = { start: '2050-09-05T09:00:00Z', rescheduledBy: introBody().attendee.email };
      await scene.client().post(`/v2/bookings/${uid}/reschedule`, move, { headers: { prefer: 'respond-async' } });
      await scene.settled();
      const [askedAt = 0] = await timesOf(scene, uid, 'RescheduleRequested');
      // The next attempt would come at the end of the allowance: too late.
      const lastAttempt = rescheduleAllowanceMs - 10_000;
      for (let passed = 0; passed < lastAttempt - 10_000; passed += 10_000) await scene.passes(10_000);
      await happensAt(scene, uid, 'RescheduleFailed', askedAt + lastAttempt);
    },
  );

  it.each([30, 600])('confirmationPolicy.deadlineBeforeStart: %d min before it, a request expires', async (minutes) => {
    const confirmationPolicy = {
      type: 'always',
      blockUnconfirmedBookingsInBooker: true,
      deadlineBeforeStart: minutes,
      remindHostAfter: [],
    } as const;
    const { scene } = await given({ intro: { confirmationPolicy } });
    const { uid } = await scene.runa.books();
    await happensAt(scene, uid, 'BookingExpired', ms(START) - minutes * 60_000);
  });

  it.each([15, 1_440])('confirmationPolicy.remindHostAfter: %d min later the host is reminded', async (minutes) => {
    const confirmationPolicy = {
      type: 'always',
      blockUnconfirmedBookingsInBooker: true,
      deadlineBeforeStart: 120,
      remindHostAfter: [minutes],
    } as const;
    const { scene } = await given({ intro: { confirmationPolicy } });
    const { uid } = await scene.runa.books();
    const [requestedAt = 0] = await timesOf(scene, uid, 'BookingRequested');
    await happensAt(scene, uid, 'ApprovalReminderDue', requestedAt + minutes * 60_000);
  });

  it.each([5, 2_880])('remindersInMinutes: %d min before the start everybody is reminded', async (minutes) => {
    const { scene } = await given({ intro: { reminders: [minutes] } });
    const { uid } = await scene.runa.books();
    await happensAt(scene, uid, 'ReminderFellDue', ms(START) - minutes * 60_000);
  });

  it.each([0, 90])('noShowCheckInMinutes: %d min after the start the host is asked who came', async (minutes) => {
    const { scene } = await given({ intro: { noShowCheck: minutes } });
    const { uid } = await scene.runa.books();
    await happensAt(scene, uid, 'NoShowCheckFellDue', ms(START) + minutes * 60_000);
  });

  it.each([3_000, 45_000])('retries.webhook.base: %d ms until a webhook is sent again', async (baseMs) => {
    const { scene } = await given({ retries: { webhook: { baseMs, capMs: 3_600_000, deadlineMs: 86_400_000 } } });
    scene.subscriber.answerWith([{ status: 500 }]);
    await scene.runa.books();
    await scene.settled();
    await scene.passes(baseMs - 1);
    expect(scene.subscriber.received).toHaveLength(1);
    await scene.passes(1);
    expect(scene.subscriber.received).toHaveLength(2);
  });

  it.each([4_000, 50_000])('retries.mail.base: %d ms until a mail is sent again', async (baseMs) => {
    const { scene, smtp } = await sceneWithMailServer({ baseMs, capMs: 3_600_000, deadlineMs: 86_400_000 }, 2);
    await scene.runa.books();
    await scene.settled();
    await scene.passes(baseMs - 1);
    expect(smtp.received).toHaveLength(0);
    await scene.passes(1);
    expect(smtp.received).toHaveLength(2);
  });

  it.each([
    [60_000, [10_000, 20_000]],
    [600_000, [10_000, 20_000, 40_000, 80_000, 160_000]],
  ])('retries.webhook.deadline: what is refused for %d ms is given up', async (deadlineMs, waits) => {
    const { scene } = await given({ retries: { webhook: { baseMs: 10_000, capMs: 3_600_000, deadlineMs } } });
    scene.subscriber.answerWith(Array(20).fill({ status: 500 }));
    const { uid } = await scene.runa.books();
    await scene.settled();
    for (const [index, wait] of waits.entries()) {
      expect(await timesOf(scene, uid, 'NotificationParked')).toEqual([]);
      await scene.passes(wait);
      expect(scene.subscriber.received).toHaveLength(index + 2);
    }
    expect(await timesOf(scene, uid, 'NotificationParked')).toEqual([scene.clock.now()]);
  });

  it.each([
    [60_000, [10_000, 20_000]],
    [200_000, [10_000, 20_000, 40_000, 80_000]],
  ])('retries.mail.deadline: what the mail server puts off for %d ms is given up', async (deadlineMs, waits) => {
    const { scene } = await sceneWithMailServer({ baseMs: 10_000, capMs: 3_600_000, deadlineMs }, 20);
    const { uid } = await scene.runa.books();
    await scene.settled();
    for (const wait of waits) {
      expect(await timesOf(scene, uid, 'NotificationParked')).toEqual([]);
      await scene.passes(wait);
    }
    expect(await timesOf(scene, uid, 'NotificationParked')).toEqual(Array(2).fill(scene.clock.now()));
  });
});
