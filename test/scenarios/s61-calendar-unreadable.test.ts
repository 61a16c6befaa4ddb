import { expect, it } from 'vitest';
import { secretOf } from '../../src/application/secret.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { at } from '../support/http-client.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import { until, world } from '../support/scenario-world.ts';

const OPERATOR = { name: 'Ops', email: 'ops@example.org' };
const MINUTE = 60_000;

describeWith('radicale', 'a calendar that breaks is told aloud, and heals by itself', () => {
  const server = runningServer(startRadicale);

  it('unreadable, back, a credential that is refused and renewed: each told once to each, nothing is lost', async () => {
    const work = await realCalendar(server());
    const moreTriggers = ['CALENDAR_UNREADABLE', 'CALENDAR_BACK'] as const;
    const scene = await world({ configured: [work.settings], operator: OPERATOR, moreTriggers });
    const { clock, client, runa, settled } = scene;
    const { uid } = await runa.books();
    await settled();
    const told = async () => {
      const isAbout = ({ subject }: { readonly subject: string | undefined }) =>
        /Holdfast can(not)? read/.test(subject ?? '');
      const toOperator = (await scene.mails.all()).filter(({ to }) => to.includes(OPERATOR.email));
      const hooks = scene.hooks().map(({ trigger }) => trigger);
      return {
        host: (await scene.mails.to('odd')).filter(isAbout).length,
        operator: toOperator.filter(isAbout).length,
        hooks: hooks.filter((trigger) => trigger.startsWith('CALENDAR_')),
      };
    };
    const unreadable = async () => {
      const ready = await client().get('/health/ready');
      expect(ready.status).toBe(200);
      const listed = at(ready.body, 'calendars', 'unreadable');
      return (Array.isArray(listed) ? listed : []).map((one) => [at(one, 'id'), at(one, 'kind')]);
    };
    const turning = { clock, stepMs: 10_000 };
    expect(await unreadable()).toEqual([]);

    // The server behind it is down: for ten minutes nobody is told, then each once, however long it lasts.
    work.box.faults(() => 503);
    const downAt = clock.now();
    await until('it is known to be unreadable', async () => (await unreadable()).length === 1, turning);
    await settled();
    expect(clock.now() - downAt).toBeLessThan(10 * MINUTE);
    expect(await told()).toEqual({ host: 0, operator: 0, hooks: [] });
    await until('the operator is told', async () => (await told()).operator === 1, turning);
    expect(clock.now() - downAt).toBeGreaterThanOrEqual(10 * MINUTE);
    await scene.passes(30 * MINUTE);
    expect(await told()).toEqual({ host: 1, operator: 1, hooks: ['CALENDAR_UNREADABLE'] });
    expect(await unreadable()).toEqual([['work', 'provider-error']]);
    expect((await runa.looksAt(uid)).status).toBe('accepted');

    work.box.faults(() => 'pass');
    await until('the operator is told that it is back', async () => (await told()).operator === 2, turning);
    await settled();
    await scene.passes(10 * MINUTE);
    expect(await told()).toEqual({ host: 2, operator: 2, hooks: ['CALENDAR_UNREADABLE', 'CALENDAR_BACK'] });
    expect(await unreadable()).toEqual([]);

    // A password that the server refuses is told at once, without waiting for ten minutes.
    const wrong = { ...work.settings, password: secretOf('not the password any more') };
    const rotated = await scene.reloads({ configured: [wrong] });
    expect([rotated.status, rotated.text.includes(uid)]).toEqual([200, true]);
    const refusedAt = clock.now();
    await until('the operator is told of the credential', async () => (await told()).operator === 3, turning);
    expect(clock.now() - refusedAt).toBeLessThan(10 * MINUTE);
    await settled();
    expect((await client().post(`/v2/bookings/${uid}/cancel`, {}, { key: 'house-key-of-the-scenarios' })).status).toBe(
      200,
    );
    await settled();
    expect(await work.uids()).toHaveLength(1);

    // Renewed by a reload: what waited for it goes on, without a restart and without anybody's doing.
    expect((await scene.reloads({ configured: [work.settings] })).status).toBe(200);
    await until('the event is taken out', async () => (await work.uids()).length === 0, turning);
    await until('the operator is told that it is back', async () => (await told()).operator === 4, turning);
    await settled();
    expect(await told()).toEqual({
      host: 4,
      operator: 4,
      hooks: ['CALENDAR_UNREADABLE', 'CALENDAR_BACK', 'CALENDAR_UNREADABLE', 'CALENDAR_BACK'],
    });
    expect(await unreadable()).toEqual([]);
  });

  it('what is changed under a live booking is told with its uid, at a reload and at the next start', async () => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    const moved = await scene.reloads({ timeZone: 'Asia/Tokyo' });
    expect([moved.status, moved.text.includes('has another time zone'), moved.text.includes(uid)]).toEqual([
      200,
      true,
      true,
    ]);
    const without = await scene.reloads({ intro: { id: 77, slug: 'other' }, configured: [], calendarIds: [] });
    expect([without.status, without.text.includes(uid)]).toEqual([200, true]);
    await scene.restarts();
    await until('the start tells of it', () =>
      scene.problems.some((line) => line.includes('event type 1 is not configured')),
    );
    const left = scene.problems.filter((line) => line.includes('is not configured any more'));
    expect(left.join()).toContain('calendar "work"');
    for (const line of left) expect(line).toContain(uid);
    expect((await scene.runa.looksAt(uid)).status).toBe('accepted');
    expect(await work.uids()).toHaveLength(1);
  });
});
