import { describe, expect, it } from 'vitest';
import type { WebhookTrigger } from '../../src/application/notifications/plan.ts';
import { HOUSE_KEY } from '../support/scenario-configuration.ts';
import { world } from '../support/scenario-world.ts';

const moreTriggers: ReadonlyArray<WebhookTrigger> = [
  'MEETING_STARTED',
  'MEETING_ENDED',
  'BOOKING_NO_SHOW_CHECK',
  'BOOKING_NO_SHOW_UPDATED',
  'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
];

/** Runa's meeting is on Monday, 2050-09-05, from 07:00 to 07:30 UTC. */
const given = async () => {
  const scene = await world({ intro: { reminders: [1_440, 60], noShowCheck: 10 }, moreTriggers });
  const { uid } = await scene.runa.books();
  await scene.settled();
  const triggers = () => scene.hooks().map(({ trigger }) => trigger);
  return { scene, uid, triggers };
};

/** The clock goes on a little while a server stops. */
const about300 = (seconds: number): boolean => seconds >= 300 && seconds < 310;

describe('what the clock brings', () => {
  it('reminders, start, question and end, each once and in time, over restarts', async () => {
    const { scene, uid, triggers } = await given();
    await scene.becomes('2050-09-04T07:00:00Z');
    await scene.restarts();
    await scene.becomes('2050-09-05T06:00:00Z');
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Reminder', 'Reminder']);
    expect(await scene.mails.kindsTo('odd')).toEqual(['Confirmed', 'Reminder', 'Reminder']);

    await scene.becomes('2050-09-05T07:00:00Z');
    await scene.restarts();
    await scene.becomes('2050-09-05T07:10:00Z');
    await scene.becomes('2050-09-05T07:30:00Z');
    await scene.restarts();
    await scene.passes(86_400_000);

    expect(triggers()).toEqual(['BOOKING_CREATED', 'MEETING_STARTED', 'BOOKING_NO_SHOW_CHECK', 'MEETING_ENDED']);
    expect(await scene.mails.kindsTo('odd')).toEqual(['Confirmed', 'Reminder', 'Reminder', 'Did everybody come?']);
    expect((await scene.mails.kindsTo('runa')).length).toBe(3);
    expect(await scene.records.dataOf(uid, 'ReminderFellDue')).toMatchObject([
      { leadMinutes: 1_440 },
      { leadMinutes: 60 },
    ]);
    expect(scene.problems).toEqual([]);
  });

  it('after an outage over the start: no reminder, and the start late, of its true time', async () => {
    const { scene, triggers } = await given();
    await scene.stops();
    scene.clock.leapTo(Temporal.Instant.from('2050-09-05T07:05:00Z').epochMilliseconds);
    await scene.restarts();
    await scene.settled();
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(triggers()).toEqual(['BOOKING_CREATED', 'MEETING_STARTED']);
    const started: unknown = JSON.parse(scene.subscriber.received.at(-1)?.body.toString('utf8') ?? '{}');
    expect(started).toMatchObject({
      payload: { startTime: '2050-09-05T07:00:00Z', lateBySeconds: expect.toSatisfy(about300) },
    });
  });

  it('nothing of a booking that was cancelled', async () => {
    const { scene, uid, triggers } = await given();
    await scene.becomes('2050-09-04T07:00:00Z');
    await scene.runa.cancels(uid);
    await scene.becomes('2050-09-06T00:00:00Z');
    expect(triggers()).toEqual(['BOOKING_CREATED', 'BOOKING_CANCELLED']);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Reminder', 'Cancelled']);
  });

  it('who came is not asked where somebody has said so; what was said goes out by webhook', async () => {
    const { scene, uid, triggers } = await given();
    await scene.becomes('2050-09-05T07:01:00Z');
    await scene.client().post(`/v2/bookings/${uid}/mark-absent`, { host: true }, { key: HOUSE_KEY });
    await scene.becomes('2050-09-05T08:00:00Z');
    expect(triggers()).toEqual([
      'BOOKING_CREATED',
      'MEETING_STARTED',
      'BOOKING_NO_SHOW_UPDATED',
      'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
      'MEETING_ENDED',
    ]);
    expect(await scene.mails.kindsTo('odd')).not.toContain('Did everybody come?');
  });
});
