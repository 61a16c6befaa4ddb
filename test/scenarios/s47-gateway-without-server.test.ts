import { describe, expect, it } from 'vitest';
import { BOX_ANSWERS } from '../support/box-answers.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import { standInGoogle } from '../support/scenario-google.ts';
import type { World } from '../support/scenario-world.ts';
import { until, world } from '../support/scenario-world.ts';

const saysThatItIsGone = Object.entries(BOX_ANSWERS).filter(([, { status }]) => status === 404 || status === 410);

const accepted = async ({ runa, settled }: World): Promise<string> => {
  const { uid, status } = await runa.books();
  expect(status).toBe('accepted');
  await settled();
  return uid;
};

const removalIsOutstanding = async ({ runa, odd, settled, records, mails }: World, uid: string): Promise<void> => {
  expect(await runa.cancels(uid)).toMatchObject({ http: 200, status: 'cancelled' });
  await settled();
  expect(await odd.looksAt(uid)).toMatchObject({
    status: 'cancelled',
    body: { data: { calendars: [{ status: 'removal-failed' }] } },
  });
  expect((await records.theStream(uid)).slice(-2)).toEqual(['BookingCancelled', 'CalendarRemovalFailed']);
  expect(await mails.kindsTo('odd')).toEqual(['Confirmed', 'Cancelled', 'Still in your calendar']);
};

/** Its try is planned by the clock; after a start the server has to come to know of it first. */
const isRemovedInTheEnd = async ({ odd, clock, records }: World, uid: string): Promise<void> => {
  const isRemoved = async () => (await records.theStream(uid)).includes('CalendarRemovalSucceeded');
  await until('the event is removed', isRemoved, { clock, stepMs: 1_000 });
  expect(await records.dataOf(uid, 'CalendarRemovalSucceeded')).toMatchObject([{ outcome: 'removed' }]);
  expect(await odd.looksAt(uid)).toMatchObject({ body: { data: { calendars: [{ status: 'removed' }] } } });
};

describeWith('radicale', 'S47 a gateway answers for a real CalDAV server that the event is not there', () => {
  const server = runningServer(startRadicale);

  it.each(saysThatItIsGone)('%s, to every request', async (_, answer) => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    const uid = await accepted(scene);
    work.box.faults(() => answer);
    await removalIsOutstanding(scene, uid);
    await scene.passes(5_000);
    expect(await scene.records.dataOf(uid, 'CalendarRemovalSucceeded')).toEqual([]);
    expect(await work.uids()).toEqual([`${uid}@holdfast`]);
    work.box.faults(() => 'pass');
    await isRemovedInTheEnd(scene, uid);
    expect(await work.uids()).toEqual([]);
  });

  it('404 to the first request alone, as while a server restarts: the event is found and removed', async () => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    const uid = await accepted(scene);
    let answered = 0;
    work.box.faults(() => ((answered += 1) === 1 ? 404 : 'pass'));
    await scene.runa.cancels(uid);
    await scene.settled();
    expect(await scene.records.dataOf(uid, 'CalendarRemovalSucceeded')).toMatchObject([{ outcome: 'removed' }]);
    expect(await work.uids()).toEqual([]);
  });

  it('a server that drops our X- lines has the event taken out all the same', async () => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    const uid = await accepted(scene);
    await work.edit((text) => text.replace(/^X-.*\r?\n( .*\r?\n)*/gm, ''));
    await scene.runa.cancels(uid);
    await scene.settled();
    expect(await scene.records.dataOf(uid, 'CalendarRemovalSucceeded')).toMatchObject([{ outcome: 'removed' }]);
    expect(await work.uids()).toEqual([]);
  });

  it('a calendar with another address: what was left behind is a removal that failed, with its place', async () => {
    const work = await realCalendar(server());
    const other = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    const uid = await accepted(scene);
    // Another origin, so that the credentials are not sent to where the event lies.
    await scene.restarts({ configured: [{ ...other.settings, id: work.settings.id }] });
    await removalIsOutstanding(scene, uid);
    const [failure] = await scene.records.dataOf(uid, 'CalendarRemovalFailed');
    expect(failure).toMatchObject({
      kind: 'calendar-not-found',
      message: expect.stringContaining(`${uid}%40holdfast.ics`),
    });
    expect(JSON.stringify(failure)).not.toContain(server().credentials.password);
    await scene.restarts({ configured: [work.settings] });
    await isRemovedInTheEnd(scene, uid);
    expect(await work.uids()).toEqual([]);
  });

  it('a calendar that has another address at the same server: the event goes from where it is', async () => {
    const work = await realCalendar(server());
    const other = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    const uid = await accepted(scene);
    const { pathname } = new URL(other.settings.url);
    await scene.restarts({ configured: [{ ...work.settings, url: new URL(pathname, work.settings.url).href }] });
    await scene.runa.cancels(uid);
    await scene.settled();
    expect(await scene.records.dataOf(uid, 'CalendarRemovalSucceeded')).toMatchObject([{ outcome: 'removed' }]);
    expect(await work.uids()).toEqual([]);
  });
});

describe('S47 a gateway answers for Google (a stand-in) that the event is not there', () => {
  it.each(saysThatItIsGone)('%s, to every request', async (_, answer) => {
    const { google, settings } = await standInGoogle();
    const scene = await world({ configured: [settings] });
    const uid = await accepted(scene);
    for (const operation of ['get', 'list', 'delete'] as const) {
      google.faults.always(operation, { kind: 'in-between', answer });
    }
    await removalIsOutstanding(scene, uid);
    google.faults.clear();
    await isRemovedInTheEnd(scene, uid);
    expect([...google.primary.events.values()].map(({ status }) => status)).toEqual(['cancelled']);
  });
});
