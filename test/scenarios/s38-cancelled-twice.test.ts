import { describe, expect, it } from 'vitest';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const given = async (intro = {}) => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const scene = await world({ calendars: [work.calendar], intro });
  const { uid } = await scene.runa.books();
  await scene.settled();
  return { work, scene, uid };
};

describe('S38 cancelling', () => {
  it('twice is 400, and once: one event, one mail each, one webhook', async () => {
    const { work, scene, uid } = await given();

    const first = await scene.runa.cancels(uid, { cancellationReason: 'Ill' });
    await scene.settled();
    const second = await scene.runa.cancels(uid, { cancellationReason: 'Ill, as I said' });
    await scene.settled();

    expect([first.http, second.http, second.code]).toEqual([200, 400, 'booking_already_cancelled']);
    expect(await scene.runa.looksAt(uid)).toMatchObject({ body: { data: { cancellationReason: 'Ill' } } });
    expect((await scene.records.theStream(uid)).filter((type) => type === 'BookingCancelled')).toHaveLength(1);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Cancelled']);
    expect(scene.hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CREATED', 'BOOKING_CANCELLED']);
    expect(work.asked('remove')).toBe(1);
  });

  it('twice at the same moment is once, too', async () => {
    const { scene, uid } = await given();

    const answers = await Promise.all([
      scene.runa.cancels(uid),
      scene.odd.cancels(uid, 'Ill'),
      scene.runa.cancels(uid),
    ]);
    await scene.settled();

    expect(answers.map(({ http }) => http).toSorted()).toEqual([200, 400, 400]);
    expect(await scene.runa.looksAt(uid)).toMatchObject({ status: 'cancelled' });
    expect((await scene.records.theStream(uid)).filter((type) => type === 'BookingCancelled')).toHaveLength(1);
    expect(scene.hooks()).toHaveLength(2);
  });

  it('after the end is 400 and changes nothing', async () => {
    const { work, scene, uid } = await given();
    await scene.becomes('2050-09-05T07:30:00Z');

    expect(await scene.runa.cancels(uid)).toMatchObject({ http: 400, code: 'booking_already_ended' });
    await scene.settled();

    expect(await scene.runa.looksAt(uid)).toMatchObject({ status: 'accepted' });
    expect(scene.hooks()).toHaveLength(1);
    expect(work.events()).toHaveLength(1);
  });

  it('by the host without a reason, where one is required, is 400; the guest needs none', async () => {
    const { scene, uid } = await given({ hostMustGiveReason: true });

    expect(await scene.odd.cancels(uid)).toMatchObject({ http: 400, code: 'reason_required' });
    expect(await scene.odd.cancels(uid, '  ')).toMatchObject({ http: 400, code: 'reason_required' });
    expect(await scene.runa.looksAt(uid)).toMatchObject({ status: 'accepted' });

    expect(await scene.runa.cancels(uid)).toMatchObject({ http: 200, status: 'cancelled' });
  });

  it('without a key cannot pass for the host, whatever the body claims', async () => {
    const { scene, uid } = await given({ hostMustGiveReason: true });
    const claims = [
      { cancelledBy: 'odd@example.com' },
      { by: 'host' },
      { actor: { kind: 'host' } },
      { cancelSubsequentBookings: false, internalNote: 'x', skipNotifications: true, allRemainingBookings: true },
    ];
    for (const claim of claims) {
      const before = await scene.records.head();
      expect(await scene.runa.cancels(uid, claim)).toMatchObject({ http: 400 });
      expect(await scene.records.head()).toEqual(before);
    }

    await scene.runa.cancels(uid, { cancellationReason: 'I am Odd, the host' });
    await scene.settled();

    expect(await scene.records.dataOf(uid, 'BookingCancelled')).toMatchObject([{ by: 'guest' }]);
    const cancelled = (await scene.records.history(uid)).find(({ type }) => type === 'BookingCancelled');
    expect(cancelled?.actor).toEqual({ kind: 'guest' });
    expect(await scene.runa.looksAt(uid)).toMatchObject({ body: { data: { cancelledByEmail: 'runa@example.com' } } });
    expect((await scene.mails.to('odd')).at(-1)?.text).toContain('Runa cancelled this booking.');
  });

  it('nor can a key that is none', async () => {
    const { scene, uid } = await given();
    const answer = await scene.client().post(`/v2/bookings/${uid}/cancel`, {}, { key: 'cal_live_guessed_by_somebody' });
    expect(answer.status).toBe(401);
    expect(await scene.runa.looksAt(uid)).toMatchObject({ status: 'accepted' });
  });
});
