import { expect, it } from 'vitest';
import { secretOf } from '../../src/application/secret.ts';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import { world } from '../support/scenario-world.ts';

const TEN = '2050-09-05T08:00:00.000Z';
const ELEVEN = '2050-09-05T09:00:00.000Z';

describeWith('radicale', 'S34 disconnected, and connected again with a new credential, on a real CalDAV server', () => {
  const server = runningServer(startRadicale);

  it.each([
    ['with the event in it: that one is moved', true],
    ['without it: one is written anew', false],
  ])('%s; nothing twice, no 500, and each told once', async (_, hasEvent) => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    const [text = ''] = await work.objects();
    const moves = async (start: string) => {
      const reply = await scene.client().post(`/v2/bookings/${uid}/reschedule`, { start });
      await scene.settled();
      return reply;
    };

    // The old password is refused: nothing is known to be free, and the booking stays what it was.
    await server().setPassword(`new since ${uid}`);
    const refused = await moves(TEN);
    expect([refused.status, at(refused.body, 'error', 'code')]).toEqual([503, 'calendar_unreadable']);
    expect(await scene.runa.looksAt(uid)).toMatchObject({ status: 'accepted' });

    await scene.restarts({ configured: [{ ...work.settings, password: secretOf(server().credentials.password) }] });
    if (!hasEvent) await work.empty();
    const moved = await moves(ELEVEN);
    expect([moved.status, at(moved.body, 'data', 'status'), at(moved.body, 'data', 'start')]).toEqual([
      201,
      'accepted',
      ELEVEN,
    ]);
    expect(at(moved.body, 'data', 'uid')).toBe(uid);

    const events = await work.objects();
    expect(events).toHaveLength(1);
    expect(await work.uids()).toEqual([`${uid}@holdfast`]);
    expect(events[0]).toContain('DTSTART:20500905T090000Z');
    expect(events[0]).toContain('SEQUENCE:1');
    expect(text).toContain('DTSTART:20500905T070000Z');
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Rescheduled']);
    const toOdd = await scene.mails.kindsTo('odd');
    expect(toOdd.filter((kind) => kind === 'Confirmed' || kind === 'Rescheduled')).toEqual([
      'Confirmed',
      'Rescheduled',
    ]);
    expect(await scene.records.parked()).toEqual([]);
    expect(await scene.freeSlots('2050-09-05')).toContain('09:00');
    expect(await scene.freeSlots('2050-09-05')).not.toContain('11:00');
  });
});
