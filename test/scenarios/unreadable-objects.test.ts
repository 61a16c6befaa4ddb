import { describe, expect, it } from 'vitest';
import type { UnreadableObject } from '../../src/application/ports/calendar.ts';
import { at } from '../support/http-client.ts';
import { HOUSE_KEY } from '../support/scenario-configuration.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;
/** Monday, eleven to twelve in Oslo. */
const blocked = [{ start: ms('2050-09-05T09:00:00Z'), end: ms('2050-09-05T10:00:00Z') }];
const odd = (name: string): UnreadableObject => ({ href: `/odd/${name}.ics`, reason: 'it has no DTSTART', blocked });

const given = async () => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const scene = await world({ calendars: [work.calendar] });
  return { work, scene };
};

/** Somebody looks at Odd's free slots of that Monday, and what comes of it is done. */
const somebodyLooks = async (scene: World): Promise<ReadonlyArray<string>> => {
  const slots = await scene.freeSlots('2050-09-05');
  await scene.settled();
  return slots;
};

const unreadableOf = async (scene: World): Promise<unknown> => {
  await scene.records.list();
  const reply = await scene.client().get('/v2/holdfast/calendars', { key: HOUSE_KEY });
  return at(reply.body, 'data', 0, 'unreadable');
};

describe('an object in a calendar that cannot be read', () => {
  it('is busy, is named with its href and reason, and the host is told once, in plain words', async () => {
    const { work, scene } = await given();
    work.cannotRead(odd('a'), odd('b'));

    const slots = await somebodyLooks(scene);
    await somebodyLooks(scene);
    await scene.passes(10_000);

    expect(slots).toContain('10:30');
    expect(slots).not.toContain('11:00');
    expect(await unreadableOf(scene)).toMatchObject({
      objects: [
        { href: '/odd/a.ics', reason: 'it has no DTSTART', start: '2050-09-05T09:00:00Z', end: '2050-09-05T10:00:00Z' },
        { href: '/odd/b.ics' },
      ],
      more: 0,
    });
    const [mail, ...others] = await scene.mails.to('odd');
    expect(others).toEqual([]);
    expect(mail?.subject).toBe('Action needed: 2 entries in your calendar "work" cannot be read');
    for (const text of [mail?.text ?? '', mail?.html ?? ''])
      for (const said of ['/odd/a.ics', '/odd/b.ics', 'it has no DTSTART', 'treated as busy', 'delete'])
        expect(text).toContain(said);
    expect(mail?.text).toContain('Monday, 5 September 2050, 11:00 Europe/Oslo');
    expect(scene.problems).toEqual([]);
  });

  it('given a new one later, then that alone is told; once it is gone, it is not named any more', async () => {
    const { work, scene } = await given();
    work.cannotRead(odd('a'));
    await somebodyLooks(scene);
    await scene.passes(5_000);
    work.cannotRead(odd('a'), odd('b'));
    await somebodyLooks(scene);
    await scene.passes(5_000);

    const mails = await scene.mails.to('odd');
    expect(mails).toHaveLength(2);
    expect(mails[1]?.text).toContain('/odd/b.ics');
    expect(mails[1]?.text).not.toContain('/odd/a.ics');

    work.cannotRead(odd('b'));
    expect(await somebodyLooks(scene)).not.toContain('11:00');
    await scene.passes(5_000);
    expect(await unreadableOf(scene)).toMatchObject({ objects: [{ href: '/odd/b.ics' }] });
    work.cannotRead();
    expect(await somebodyLooks(scene)).toContain('11:00');
    await scene.passes(5_000);
    expect(await unreadableOf(scene)).toEqual({ objects: [], more: 0 });
    expect(await scene.mails.to('odd')).toHaveLength(2);
  });

  it('given a stranger who sends thousands, one after the other, then the log and the mails have an end', async () => {
    const { work, scene } = await given();
    const all = Array.from({ length: 3_000 }, (_, index) => odd(String(index)));
    const before = Number(await scene.records.head());
    for (let count = 100; count <= all.length; count += 100) {
      work.cannotRead(...all.slice(0, count));
      await somebodyLooks(scene);
      await scene.passes(3_000);
    }
    expect((await scene.mails.to('odd')).length).toBeLessThanOrEqual(5);
    expect(Number(await scene.records.head()) - before).toBeLessThan(40);
    expect(await unreadableOf(scene)).toMatchObject({ objects: { length: 20 } });
  });

  it('given a restart before the mail went out, then it goes out after it, once', async () => {
    const { work, scene } = await given();
    work.cannotRead(odd('a'));
    await scene.freeSlots('2050-09-05');
    await scene.restarts();
    await somebodyLooks(scene);
    await scene.passes(5_000);
    expect(await scene.mails.to('odd')).toHaveLength(1);
  });
});
