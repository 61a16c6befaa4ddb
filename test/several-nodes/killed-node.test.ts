import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, cancel, statusOf, uidOf } from '../invariants/guests.ts';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import type { Log } from '../support/log-checks.ts';
import { copiesOf } from '../support/log-checks-messages.ts';
import { everythingWrong, settled } from './everything-true.ts';
import type { Installation, NodeName } from './installation.ts';
import { LEASE_SECONDS, NODES, startInstallation } from './installation.ts';
import { ON } from './where-the-log-is.ts';
import { leasesOf } from './leases.ts';

vi.setConfig({ testTimeout: 180_000 });
/** A call may last longer than a lease: then the lease is renewed, and nobody else comes in. */
const patient = {
  leaseInSeconds: LEASE_SECONDS,
  calendarTimeLimitInSeconds: 60,
  mailTimeLimitInSeconds: 60,
  webhookTimeLimitInSeconds: 60,
};
/** From the kill until another node has done it. */
const takenOver = { timeout: (LEASE_SECONDS + 8) * 1_000, interval: 50 };
const soon = { timeout: 15_000, interval: 20 };

let slots = 0;
const nextSlot = () => {
  slots += 1;
  return { eventTypeId: eventTypeIds(0).plain, minutes: 30 * slots };
};

describeWith('radicale', `kill -9 for the node that is in the middle of something ${ON}`, () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation({ timings: patient });
  });
  afterAll(() => installation?.close());

  const story = async (uid: string): Promise<Log> =>
    (await installation.log()).filter(({ stream }) => stream === `booking-${uid}`);
  /** What came after the last event of a type. */
  const since = async (uid: string, type: string): Promise<Log> => {
    const events = await story(uid);
    return events.slice(events.findLastIndex((event) => event.type === type) + 1);
  };
  const types = async (uid: string) => (await story(uid)).map(({ type }) => type);
  const heldAt = async () => [...(await installation.held()).values()].flat();
  const mailsOf = async (uid: string) => {
    const ids = new Set((await story(uid)).map(({ id }) => id));
    return (await installation.mails()).filter(({ causedBy }) => ids.has(causedBy));
  };
  const webhooksOf = (uid: string) => installation.webhooks.received.filter(({ body }) => body.includes(uid));

  /** Waits until the lease was renewed, so the call outlasted it, and kills the node that has it. */
  const killHolder = async (uid: string, effect: string, after = 'BookingRequested'): Promise<NodeName> => {
    const leases = async () => leasesOf(await since(uid, after), effect);
    await expect.poll(async () => (await leases()).length, soon).toBeGreaterThanOrEqual(2);
    const [name, ...others] = [...new Set(await leases())];
    if (name === undefined) throw new Error('no lease');
    expect(others).toEqual([]);
    await installation.kill(name);
    return name;
  };
  /** Another node has done what the dead one had begun. */
  const byAnother = async (uid: string, effect: string, dead: NodeName, after = 'BookingRequested') => {
    const leases = leasesOf(await since(uid, after), effect);
    expect(leases.at(0)).toBe(dead);
    expect(NODES.filter((name) => name !== dead)).toContain(leases.at(-1));
    await installation.start(dead);
    await settled(installation);
    expect(await everythingWrong(installation)).toEqual([]);
  };
  const through = (name: NodeName) => installation.node(name).client;

  it.each(['before', 'after'] as const)('writing to a calendar, %s the calendar has taken it', async (moment) => {
    const put = installation.calendars.hold('PUT', moment);
    const uid = uidOf(await book(through('a'), { ...nextSlot(), prefer: 'respond-async' }));
    await put.reached;
    const [before, effect] = [await heldAt(), 'calendar '];
    const dead = await killHolder(uid, effect);
    put.release();
    await expect.poll(() => types(uid), takenOver).toContain('BookingAccepted');

    const success = (await story(uid)).find(({ type }) => type === 'CalendarSyncSucceeded');
    expect(at(success?.data ?? null, 'found') === true).toBe(moment === 'after');
    await byAnother(uid, effect, dead);
    expect((await heldAt()).length - before.length).toBe(moment === 'after' ? 0 : 1);
    expect((await mailsOf(uid)).map(({ recipient }) => recipient).toSorted()).toEqual(['attendee', 'host']);
    expect(webhooksOf(uid)).toHaveLength(1);
  });

  it('taking an event out of a calendar', async () => {
    const uid = uidOf(await book(through('b'), { ...nextSlot(), prefer: 'wait=20' }));
    await settled(installation);
    const before = await heldAt();
    const removal = installation.calendars.hold('DELETE', 'before');
    expect(statusOf(await cancel(through('c'), uid))).toBe('cancelled');
    await removal.reached;
    const dead = await killHolder(uid, 'calendar ', 'BookingCancelled');
    removal.release();
    await expect.poll(() => types(uid), takenOver).toContain('CalendarRemovalSucceeded');
    await byAnother(uid, 'calendar ', dead, 'BookingCancelled');
    expect((await heldAt()).length).toBe(before.length - 1);
    expect(await mailsOf(uid)).toHaveLength(4);
  });

  it('sending a mail that the mail server has taken: it comes once more, as the same message', async () => {
    const first = installation.smtp.received.length;
    installation.smtp.next({ at: 'data', stall: true, kept: true });
    const uid = uidOf(await book(through('c'), { ...nextSlot(), prefer: 'wait=20' }));
    await expect.poll(() => installation.smtp.received.length, soon).toBe(first + 2);
    const sent = await mailsOf(uid);
    const noted = async () =>
      (await story(uid)).filter(({ type, data }) => type === 'NotificationSent' && at(data, 'channel') === 'mail');
    await expect.poll(async () => (await noted()).length, soon).toBe(1);
    const [done] = await noted();
    const stalled = sent.find(({ recipient }) => recipient !== at(done?.data ?? null, 'recipient'));
    const effect = `${stalled?.recipient === 'host' ? 'mail-host' : 'mail-guests'} ${stalled?.causedBy}`;
    const dead = await killHolder(uid, effect);
    await expect.poll(async () => (await noted()).length, takenOver).toBe(2);
    await byAnother(uid, effect, dead);
    const copies = await mailsOf(uid);
    expect(copiesOf(copies)).toEqual({ messages: 2, extra: 1 });
    expect(copies.filter(({ messageId }) => messageId === stalled?.messageId)).toHaveLength(2);
  });

  it('delivering a webhook: it comes again under the same delivery id', async () => {
    const before = installation.webhooks.received.length;
    installation.webhooks.answerWith(['stall']);
    const uid = uidOf(await book(through('a'), { ...nextSlot(), prefer: 'wait=20' }));
    await installation.webhooks.waitFor(before + 1);
    const dead = await killHolder(uid, 'webhook-everything');
    await expect.poll(() => webhooksOf(uid).length, takenOver).toBe(2);
    await byAnother(uid, 'webhook-everything', dead);
    const came = webhooksOf(uid);
    expect(came).toHaveLength(2);
    expect(new Set(came.map(({ headers }) => headers['x-holdfast-delivery'])).size).toBe(1);
  });
});
