import { describe, expect, it } from 'vitest';
import type { BoxAnswer } from '../support/box-answers.ts';
import { BOX_ANSWERS } from '../support/box-answers.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import { standInGoogle } from '../support/scenario-google.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';

const saysThatItIsDone = Object.entries(BOX_ANSWERS).filter(([, { status }]) => status < 300);

/** PENDING as after any unknown outcome: nobody is told of a confirmation. */
const isUnconfirmed = async ({ runa, records, mails, hooks }: World, uid: string): Promise<void> => {
  expect((await runa.looksAt(uid)).status).toBe('pending');
  const stream = await records.theStream(uid);
  expect(stream.slice(1, 4)).toEqual(['CalendarSyncStarted', 'CalendarSyncFailed', 'BookingLeftPending']);
  expect(await records.dataOf(uid, 'CalendarSyncFailed')).toMatchObject([{ kind: 'outcome-unknown', retryable: true }]);
  expect(await mails.kindsTo('runa')).toEqual(['Not confirmed yet']);
  expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CALENDAR_SYNC_FAILED']);
};

const isConfirmedOnce = async ({ runa, passes, mails }: World, uid: string): Promise<void> => {
  await passes(5_000);
  expect((await runa.looksAt(uid)).status).toBe('accepted');
  await passes(60_000);
  expect(await mails.kindsTo('runa')).toEqual(['Not confirmed yet', 'Now confirmed']);
};

describeWith('radicale', 'S46 what is between us and a real CalDAV server says that it stored the event', () => {
  const server = runningServer(startRadicale);

  const bookedThrough = async (answer: BoxAnswer, methods: ReadonlyArray<string>) => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings] });
    work.box.faults((method) => (methods.includes(method) ? answer : 'pass'));
    const { uid } = await scene.runa.books();
    await scene.settled();
    return { work, scene, uid };
  };

  it.each(saysThatItIsDone)('%s, to the write alone', async (_, answer) => {
    const { work, scene, uid } = await bookedThrough(answer, ['PUT']);
    await isUnconfirmed(scene, uid);
    expect(await work.uids()).toEqual([]);
    work.box.faults(() => 'pass');
    await isConfirmedOnce(scene, uid);
    expect(await work.uids()).toEqual([`${uid}@holdfast`]);
  });

  it.each(saysThatItIsDone)('%s, to the write and to every look after it', async (_, answer) => {
    const { work, scene, uid } = await bookedThrough(answer, ['PUT', 'GET']);
    await isUnconfirmed(scene, uid);
    await scene.passes(5_000);
    expect((await scene.runa.looksAt(uid)).status).toBe('pending');
    work.box.faults(() => 'pass');
    await scene.passes(60_000);
    expect((await scene.runa.looksAt(uid)).status).toBe('accepted');
    expect(await scene.mails.kindsTo('runa')).toEqual(['Not confirmed yet', 'Now confirmed']);
    expect(await work.uids()).toEqual([`${uid}@holdfast`]);
  });

  it('a booking that is cancelled meanwhile leaves nothing behind', async () => {
    const { work, scene, uid } = await bookedThrough({ status: 204 }, ['PUT']);
    work.box.faults(() => 'pass');
    await scene.runa.cancels(uid);
    await scene.settled();
    expect((await scene.records.theStream(uid)).at(-1)).toBe('CalendarRemovalSucceeded');
    expect(await work.uids()).toEqual([]);
  });
});

describe('S46 what is between us and Google (a stand-in) says that it stored the event', () => {
  it.each(saysThatItIsDone)('%s', async (_, answer) => {
    const { google, settings } = await standInGoogle();
    const live = () => [...google.primary.events.values()].filter(({ status }) => status !== 'cancelled');
    google.faults.always('insert', { kind: 'in-between', answer });
    const scene = await world({ configured: [settings] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    await isUnconfirmed(scene, uid);
    expect(live()).toEqual([]);
    google.faults.clear();
    await isConfirmedOnce(scene, uid);
    expect(live()).toHaveLength(1);
  });
});
