import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { hinting } from '../../../src/composition/start-watching.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { must } from '../../support/must.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { given, missing, pass } from './given-watched.helper.ts';

describe('a calendar that has neither a token nor a ctag', () => {
  it('asks for events whose version is another, and is asked for no others', async () => {
    const world = await given(4);
    const { watching } = world.node();
    const versions = new Map<string, string>();
    world.versionsAre((id) => versions.get(id) ?? '"1"');
    await pass(world, 15);
    // Twice each: a version is believed from the second time on.
    expect(world.asked()).toBe(8);
    await pass(world, 30);
    expect(world.asked()).toBe(8);
    versions.set('/booking2.ics', '"2"');
    world.says.set('booking2', missing);
    await pass(world, 7);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    expect(world.asked()).toBeLessThanOrEqual(12);
    await watching.stop();
  });

  it('asks for an event that has no version now, and believes the direct answers alone', async () => {
    const world = await given(2);
    const { watching } = world.node();
    world.versionsAre((id) => (id === '/booking1.ics' ? null : '"1"'));
    await pass(world, 60);
    expect(world.asked()).toBeGreaterThan(12);
    expect(await world.facts()).toEqual([]);
    await watching.stop();
  });

  it('I10 versions that cannot be had are no answer, and the next round asks again', async () => {
    const world = await given();
    const { watching } = world.node();
    world.says.set('booking0', missing);
    world.versionsAre(() => undefined);
    await pass(world, 30);
    expect({ asked: world.asked(), facts: await world.facts() }).toEqual({ asked: 0, facts: [] });
    world.versionsAre(() => '"1"');
    await pass(world, 10);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await watching.stop();
  });
});

const hours = (from: string, to: string) => ({ start: epochMs(`${from}:00`), end: epochMs(`${to}:00`) });
/** A reading of the day that shows these times as busy. */
const shown = (...busy: ReadonlyArray<readonly [string, string]>) => ({
  window: hours('08:00', '20:00'),
  busy: busy.map(([from, to]) => hours(from, to)),
  except: new Set<string>(),
});

describe('reading busy times', () => {
  it('is a hint to look at our events there, where it was answered', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const hinted: string[] = [];
    const calendar = hinting(new Map([['work', work.calendar]]), (id) => void hinted.push(id)).get('work');
    if (calendar === undefined) throw new Error('it is not there');
    const read = () => calendar.busy({ start: 0, end: 1_000 }, [], AbortSignal.timeout(1_000))();
    must(await read());
    expect(hinted).toEqual(['work']);
    work.always('busy', { type: 'refuse', kind: 'network' });
    expect(E.isLeft(await read())).toBe(true);
    expect(hinted).toEqual(['work']);
  });

  it('makes a round within seconds, and one a minute at most', async () => {
    const world = await given();
    const { watching, rounds } = world.node();
    watching.hint('work', shown());
    watching.hint('no such calendar', shown());
    await pass(world, 1 / 6);
    expect(rounds()).toBe(1);
    for (let tenth = 0; tenth < 18; tenth += 1) {
      watching.hint('work', shown());
      await pass(world, 1 / 6);
    }
    expect(rounds()).toBeGreaterThanOrEqual(3);
    expect(rounds()).toBeLessThanOrEqual(4);
    await watching.stop();
  });

  it('one that does not show an event is followed by two looks, also where a round was just before', async () => {
    const world = await given();
    const { watching } = world.node();
    watching.hint('work', shown());
    await pass(world, 1 / 2);
    world.says.set('booking0', missing);
    world.touch('booking0');
    watching.hint('work', shown());
    await pass(world, 1.5);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await watching.stop();
  });

  it('at another node than the watcher: what it does not show is handed on, once, and nothing else is', async () => {
    const world = await given(2);
    const nodes = ['one', 'two'].map((name) => world.node(name));
    await pass(world, 6);
    const other = nodes.find(({ rounds }) => rounds() === 0);
    if (other === undefined) throw new Error('both watch');
    const [all, none] = [shown(['14:00', '14:20'], ['14:10', '14:30']), shown(['14:00', '14:20'])];
    for (const seen of [all, { ...none, except: new Set(world.uids) }, { ...none, window: hours('14:00', '14:10') }]) {
      other.watching.hint('work', seen);
      await pass(world, 1.25);
    }
    expect(await world.hints()).toBe(0);
    world.says.set('booking0', missing);
    world.touch('booking0');
    for (let minute = 0; minute < 4; minute += 1) {
      other.watching.hint('work', none);
      await pass(world, 1.1);
      if (minute === 0) await pass(world, 0.4);
      expect(await world.facts()).toEqual(['CalendarEventMissing']);
    }
    expect(await world.hints()).toBe(1);
    for (const { watching } of nodes) await watching.stop();
  });
});
