import { describe, expect, it } from 'vitest';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const KEY = 'runas-one-and-only-key';
const given = async () => {
  const work = scriptedCalendar({ calendarId: 'work' });
  return { work, scene: await world({ calendars: [work.calendar] }) };
};

describe('S24 the same command is sent again', () => {
  it('gives the same answer from the one stream, and tells nobody again', async () => {
    const { work, scene } = await given();
    const first = await scene.runa.books({}, { key: KEY });
    await scene.settled();
    const stream = await scene.records.theStream(first.uid);

    const second = await scene.runa.books({}, { key: KEY });
    await scene.settled();

    expect([second.http, second.body]).toEqual([201, first.body]);
    expect(first.reply.headers.get('idempotency-replayed')).toBeNull();
    expect(second.reply.headers.get('idempotency-replayed')).toBe('true');
    expect(await scene.records.theStream(first.uid)).toEqual(stream);
    expect(await scene.records.list()).toHaveLength(1);
    expect(work.events()).toHaveLength(1);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(scene.hooks()).toHaveLength(1);
  });

  it('also when twenty are sent at once', async () => {
    const { work, scene } = await given();

    const answers = await Promise.all(Array.from({ length: 20 }, () => scene.runa.books({}, { key: KEY })));
    await scene.settled();

    const [first] = answers;
    expect(answers.map(({ http }) => http)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(answers.map(({ uid }) => uid))).toEqual(new Set([first?.uid]));
    expect(answers.filter(({ reply }) => reply.headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(await scene.records.theStream(first?.uid ?? '')).toEqual([
      'BookingRequested',
      'CalendarSyncStarted',
      'CalendarSyncSucceeded',
      'BookingAccepted',
      'CalendarEventConfirmed',
    ]);
    expect(await scene.records.list()).toHaveLength(1);
    expect(work.asked('create')).toBe(1);
    expect(await scene.mails.kindsTo('odd')).toEqual(['Confirmed']);
    expect(scene.hooks()).toHaveLength(1);
  });

  it('also after a restart', async () => {
    const { work, scene } = await given();
    const first = await scene.runa.books({}, { key: KEY });
    await scene.settled();
    await scene.restarts();

    const second = await scene.runa.books({}, { key: KEY });
    await scene.settled();

    expect(second.body).toEqual(first.body);
    expect(work.asked('create')).toBe(1);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(scene.hooks()).toHaveLength(1);
  });

  it('is refused when another request comes under the same key, and nothing is stored', async () => {
    const { scene } = await given();
    await scene.runa.books({}, { key: KEY });
    await scene.settled();
    const before = await scene.records.head();

    const other = await scene.runa.books({ start: '2050-09-05T08:00:00Z' }, { key: KEY });

    expect(other).toMatchObject({ http: 422, code: 'idempotency_key_reused' });
    expect(await scene.records.head()).toEqual(before);
  });
});
