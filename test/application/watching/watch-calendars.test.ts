import { describe, expect, it } from 'vitest';
import { command, epochMs, instant } from '../../../src/testing/index.ts';
import { asBooked, given, missing, pass } from './given-watched.helper.ts';

describe('watching a calendar', () => {
  it('a hint is followed by two direct answers some time apart, and only then is it a fact', async () => {
    const world = await given();
    const { watching } = world.node();
    world.touch('booking0');
    world.says.set('booking0', missing);
    await pass(world, 2.5);
    expect({ asked: world.asked(), facts: await world.facts() }).toEqual({ asked: 1, facts: [] });
    await pass(world, 0.5);
    expect({ asked: world.asked(), facts: await world.facts() }).toEqual({ asked: 2, facts: ['CalendarEventMissing'] });
    await watching.stop();
  });

  it('calrs 1.10: a listing without the event, and one that says it was deleted, touch nothing', async () => {
    const world = await given(3);
    const { watching } = world.node();
    world.touch('booking0', 'booking1', 'booking2');
    await pass(world, 30);
    expect(world.asked()).toBeGreaterThan(3);
    expect(await world.facts()).toEqual([]);
    await watching.stop();
  });

  it('I10 an outage between two answers, and one of the listing, are no answers', async () => {
    const world = await given();
    const { watching } = world.node();
    world.touch('booking0');
    world.says.set('booking0', 'outage');
    await pass(world, 10);
    world.says.set('booking0', missing);
    world.listingFails();
    await pass(world, 10);
    expect(await world.facts()).toEqual([]);
    await watching.stop();
  });

  it('an event that was put back between two answers is no fact, nor two different answers', async () => {
    const world = await given();
    const { watching } = world.node();
    world.touch('booking0');
    world.says.set('booking0', missing);
    await pass(world, 2.5);
    world.says.set('booking0', { type: 'at', start: instant('18:00'), end: instant('18:30') });
    await pass(world, 0.5);
    expect(await world.facts()).toEqual([]);
    world.says.set('booking0', asBooked);
    await pass(world, 10);
    expect(await world.facts()).toEqual([]);
    await watching.stop();
  });

  it('our own write between two answers makes the first one worthless', async () => {
    const world = await given();
    const { watching } = world.node();
    world.touch('booking0');
    world.says.set('booking0', missing);
    await pass(world, 2.5);
    await world.put('booking0', { ...command.cancel('guest'), now: world.clock.now() });
    await pass(world, 5);
    expect(await world.facts()).toEqual([]);
    await watching.stop();
  });

  it('differences that are found one after the other stop it as well', async () => {
    const world = await given(12);
    const { watching } = world.node();
    for (const [index, uid] of world.uids.entries()) world.says.set(uid, index < 2 ? missing : 'outage');
    world.touch(...world.uids);
    await pass(world, 2.5);
    for (const uid of world.uids) world.says.set(uid, missing);
    await pass(world, 0.5);
    expect(await world.facts()).toEqual(['CalendarWatchStopped']);
    await watching.stop();
  });

  it('where nothing was touched nothing is asked, but once shortly before the meeting', async () => {
    const world = await given();
    const { watching } = world.node();
    await pass(world, 60);
    expect(world.asked()).toBe(0);
    world.clock.advance(epochMs('13:46:00') - world.clock.now());
    await pass(world, 12);
    expect(await world.facts()).toEqual(['CalendarEventVerified']);
    await watching.stop();
  });

  it('more differences at once than people make stop it, until somebody decides', async () => {
    const world = await given(12);
    const { watching, problems } = world.node();
    for (const uid of world.uids) world.says.set(uid, missing);
    world.touch(...world.uids);
    await pass(world, 20);
    expect(await world.facts()).toEqual(['CalendarWatchStopped']);
    expect(problems[0]).toContain('12 of 12 events were changed at once');
    const decided = watching.look('work', 'accept');
    await pass(world, 1);
    expect(await decided).toMatchObject({ found: 12, stopped: false });
    expect(await world.facts()).toEqual([
      'CalendarWatchStopped',
      'CalendarWatchResumed',
      ...world.uids.map(() => 'CalendarEventMissing'),
    ]);
    await watching.stop();
  });

  it('a fifth of a calendar at once is a person', async () => {
    const world = await given(12);
    const { watching } = world.node();
    for (const uid of world.uids.slice(0, 2)) world.says.set(uid, missing);
    world.touch(...world.uids);
    await pass(world, 5);
    expect(await world.facts()).toEqual(['CalendarEventMissing', 'CalendarEventMissing']);
    await watching.stop();
  });

  it('killed between the first answer and the fact: the next start looks at all, and finds it', async () => {
    const world = await given();
    const killed = world.node();
    world.touch('booking0');
    world.says.set('booking0', missing);
    await pass(world, 2.5);
    await killed.watching.stop();
    world.touch();
    const next = world.node();
    const looked = next.watching.look('work');
    await pass(world, 1);
    expect(await looked).toMatchObject({ found: 1 });
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await next.watching.stop();
  });

  it('of three nodes one watches at a time, and another takes over after it is dead', async () => {
    const world = await given();
    const nodes = ['one', 'two', 'three'].map((name) => world.node(name));
    await pass(world, 10);
    const watching = () => nodes.filter(({ seenAt }) => seenAt('booking0') !== null);
    const [first, ...others] = watching();
    expect(others).toEqual([]);
    await first?.watching.stop();
    world.touchOnce('booking0');
    world.says.set('booking0', missing);
    await pass(world, 25);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    // The third one has looked at nothing.
    expect(watching()).toHaveLength(2);
    for (const node of nodes) await node.watching.stop();
  });

  it('killed between the fact and what follows: the next start finds nothing new to write down', async () => {
    const world = await given();
    const killed = world.node();
    world.touch('booking0');
    world.says.set('booking0', missing);
    await pass(world, 3);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await killed.watching.stop();
    const next = world.node();
    await pass(world, 10);
    const looked = next.watching.look('work');
    await pass(world, 1);
    expect(await looked).toMatchObject({ found: 0 });
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await next.watching.stop();
  });

  it('a look that somebody asks for asks for all, and says when all was last seen', async () => {
    const world = await given(2);
    const { watching, seenAt } = world.node();
    expect(seenAt('booking0')).toBeNull();
    const looked = watching.look('work');
    await pass(world, 1);
    expect(await looked).toMatchObject({ watched: 2, asked: 2, found: 0, failed: false, stopped: false });
    expect(seenAt('booking0')).toBe(instant('10:00:10'));
    await watching.stop();
  });

  it('what is not certain of one event was last seen when it was, the others now; in an outage none', async () => {
    const world = await given(2);
    const { watching, seenAt } = world.node();
    world.touch();
    await pass(world, 3);
    expect(seenAt('booking0')).toBe(instant('10:02:30'));
    world.touch('booking0');
    world.says.set('booking0', 'outage');
    await pass(world, 5);
    expect([seenAt('booking0'), seenAt('booking1')]).toEqual([instant('10:02:30'), instant('10:07:30')]);
    world.listingFails();
    await pass(world, 30);
    expect([seenAt('booking0'), seenAt('booking1')]).toEqual([instant('10:02:30'), instant('10:07:30')]);
    await watching.stop();
  });

  it('what is found while the log is away is found again, and written when it is back', async () => {
    const world = await given();
    const { watching, problems } = world.node();
    world.touchOnce('booking0');
    world.says.set('booking0', missing);
    await pass(world, 2.5);
    world.onLook(() => world.bookingsAreAway(true));
    await pass(world, 1);
    expect({ asked: world.asked(), facts: await world.facts() }).toEqual({ asked: 2, facts: [] });
    world.onLook(() => undefined);
    world.bookingsAreAway(false);
    await pass(world, 10);
    expect(problems).toEqual(['Unavailable']);
    expect(await world.facts()).toEqual(['CalendarEventMissing']);
    await watching.stop();
  });
});
