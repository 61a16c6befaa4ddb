import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HOUSE_KEY, WEBHOOK_SECRET } from '../support/scenario-configuration.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const given = async () => {
  const work = scriptedCalendar({ calendarId: 'work' });
  return world({ calendars: [work.calendar], timings: { webhookTimeLimitMs: 60_000 } });
};

describe('S44 webhooks', () => {
  it('are signed: hex HMAC-SHA256 of the bytes that were sent, under the shared secret', async () => {
    const { runa, settled, subscriber } = await given();

    await runa.books({ name: 'Rúna "Ægisdóttir" 🚲' });
    await settled();

    const [hook] = subscriber.received;
    const signed = (bytes: Buffer) => createHmac('sha256', WEBHOOK_SECRET).update(bytes).digest('hex');
    expect(hook?.headers['x-cal-signature-256']).toBe(signed(hook?.body ?? Buffer.of()));
    expect(hook?.headers['x-cal-signature-256']).toMatch(/^[0-9a-f]{64}$/);
    const reserialised = Buffer.from(JSON.stringify(JSON.parse(hook?.body.toString('utf8') ?? ''), null, 1));
    expect(hook?.headers['x-cal-signature-256']).not.toBe(signed(reserialised));
    expect(hook?.body.toString('utf8')).not.toContain(WEBHOOK_SECRET);
  });

  it('answered 500 twice, then 200: three attempts of one delivery, listed; the booking is the same', async () => {
    const { runa, passes, settled, subscriber, hooks, records, mails } = await given();
    subscriber.answerWith([{ status: 500 }, { status: 500 }, { status: 200 }]);

    const { uid } = await runa.books();
    await settled();
    expect(hooks()).toHaveLength(1);
    await passes(9_999);
    expect(hooks()).toHaveLength(1);
    await passes(1);
    expect(hooks()).toHaveLength(2);
    await passes(20_000);
    await passes(3_600_000);

    expect(hooks()).toHaveLength(3);
    expect(new Set(hooks().map(({ deliveryId }) => deliveryId)).size).toBe(1);
    expect(new Set(subscriber.received.map(({ body }) => body.toString('utf8'))).size).toBe(1);
    const [hook] = hooks();
    const common = { deliveryId: hook?.deliveryId, trigger: 'BOOKING_CREATED', bookingUid: uid };
    expect(await records.deliveries(uid)).toMatchObject([
      { ...common, attempt: 3, outcome: { type: 'delivered', status: 200 }, nextTryAt: null },
      { ...common, attempt: 2, outcome: { type: 'failed', status: 500 }, nextTryAt: '2050-09-01T00:00:30Z' },
      { ...common, attempt: 1, outcome: { type: 'failed', status: 500 }, nextTryAt: '2050-09-01T00:00:10Z' },
    ]);
    const told = (await records.history(uid)).filter(({ type }) => type === 'NotificationSent');
    expect(told.filter(({ data }) => JSON.stringify(data).includes('"webhook"'))).toHaveLength(1);
    expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(await runa.looksAt(uid)).toMatchObject({ status: 'accepted' });
  });

  it('a delivered one is sent again on demand: the same delivery and body, one more attempt, one event', async () => {
    const { runa, settled, subscriber, hooks, records, client } = await given();
    const { uid } = await runa.books();
    await settled();
    const before = await records.theStream(uid);
    const [first] = hooks();
    const resend = (id: string) => client().post(`/v2/holdfast/deliveries/${id}/resend`, {}, { key: HOUSE_KEY });
    const sent = await resend(first?.deliveryId ?? '');
    expect(sent).toMatchObject({ status: 200, body: { data: { attempt: 2, outcome: { type: 'delivered' } } } });
    subscriber.answerWith([{ status: 500 }]);
    const failed = await resend(first?.deliveryId ?? '');
    expect(failed).toMatchObject({
      status: 200,
      body: { data: { attempt: 3, nextTryAt: null, outcome: { status: 500 } } },
    });
    await settled();
    expect(hooks().map(({ deliveryId }) => deliveryId)).toEqual(Array(3).fill(first?.deliveryId));
    expect(new Set(subscriber.received.map(({ body }) => body.toString('utf8'))).size).toBe(1);
    expect(await records.theStream(uid)).toEqual(before);
    expect(await resend('nobody')).toMatchObject({ status: 404, body: { error: { code: 'delivery_not_found' } } });
  });

  it('keep their order for one booking, and do not hold up those of another', async () => {
    const { runa, passes, settled, subscriber, hooks } = await given();
    subscriber.answerWith([{ status: 500 }]);
    const first = await runa.books();
    await settled();
    await runa.cancels(first.uid);
    const other = await runa.books({ start: '2050-09-05T08:00:00Z' });
    await settled();
    expect(hooks().map(({ trigger, uid }) => [trigger, uid])).toEqual([
      ['BOOKING_CREATED', first.uid],
      ['BOOKING_CREATED', other.uid],
    ]);

    await passes(10_000);

    expect(
      hooks()
        .map(({ trigger, uid }) => [trigger, uid])
        .slice(2),
    ).toEqual([
      ['BOOKING_CREATED', first.uid],
      ['BOOKING_CANCELLED', first.uid],
    ]);
  });

  it('to a subscriber that takes 30 seconds delay neither the answer nor the mails', async () => {
    const { runa, subscriber, mails, records } = await given();
    const slow = { status: 200, delayMs: 30_000 };
    subscriber.answerWith([slow, slow]);

    const first = await runa.books();
    const second = await runa.books({ start: '2050-09-05T08:00:00Z' });
    await subscriber.waitFor(2);
    await expect.poll(() => mails.kindsTo('runa')).toEqual(['Confirmed', 'Confirmed']);

    expect([first.status, second.status]).toEqual(['accepted', 'accepted']);
    expect(await records.deliveries(first.uid)).toEqual([]);
    expect(JSON.stringify(await records.history(first.uid))).not.toContain('BOOKING_CREATED');
  });
});
