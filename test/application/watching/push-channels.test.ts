import { expect, it } from 'vitest';
import { epochMs } from '../../../src/testing/index.ts';
import { given, missing, pass } from './given-watched.helper.ts';

const ADDRESS = 'https://book.example/calendars/push';
const DAY_MINUTES = 24 * 60;

it('a push makes a round soon, and only what is asked directly is believed', async () => {
  const world = await given();
  const { watching, channels } = world.node();
  await pass(world, 2.5);
  const [channel] = channels();
  expect(channel).toMatchObject({ address: ADDRESS });
  const { id = '', token = '' } = channel ?? {};
  world.touch('booking0');
  world.says.set('booking0', missing);
  expect(watching.pushed({ channelId: id, token, state: 'exists' })).toBe(true);
  await pass(world, 0.5);
  expect({ asked: world.asked(), facts: await world.facts() }).toEqual({ asked: 1, facts: [] });
  await pass(world, 0.5);
  expect(await world.facts()).toEqual(['CalendarEventMissing']);
  await watching.stop();
});

it('pushes one after the other make four rounds a minute at most', async () => {
  const world = await given();
  const { watching, channels, rounds } = world.node();
  await pass(world, 2.5);
  const { id = '', token = '' } = channels()[0] ?? {};
  const before = rounds();
  for (let tenth = 0; tenth < 30; tenth += 1) {
    for (let count = 0; count < 20; count += 1) watching.pushed({ channelId: id, token, state: 'exists' });
    await pass(world, 1 / 6);
  }
  expect(rounds() - before).toBeGreaterThan(5);
  expect(rounds() - before).toBeLessThanOrEqual(20);
  await watching.stop();
});

it('what is no channel of ours, has another token, or only says that it is open, makes no round', async () => {
  const world = await given();
  const { watching, channels, rounds } = world.node();
  await pass(world, 2.5);
  const { id = '', token = '' } = channels()[0] ?? {};
  const before = rounds();
  const said = [
    { channelId: 'another', token, state: 'exists' },
    { channelId: id, token: 'another', state: 'exists' },
    { channelId: id, token: 'é'.repeat(token.length), state: 'exists' },
    { channelId: '', token: '', state: '' },
    { channelId: id, token, state: 'sync' },
  ].map(watching.pushed);
  expect(said).toEqual([false, false, false, false, true]);
  await pass(world, 1);
  expect(rounds()).toBe(before);
  await watching.stop();
});

it('a channel is renewed before it ends; the old one is stopped, and answers nobody once it has ended', async () => {
  const world = await given();
  const { watching, channels } = world.node();
  await pass(world, 2.5);
  const [first] = channels();
  world.clock.advance(epochMs('10:00:00') - world.clock.now() + DAY_MINUTES * 60_000 * 0.9);
  await pass(world, 6);
  expect(channels()).toHaveLength(1);
  expect(channels()[0]?.id).not.toBe(first?.id);
  const message = { channelId: first?.id ?? '', token: first?.token ?? '', state: 'exists' };
  expect(watching.pushed(message)).toBe(true);
  await pass(world, DAY_MINUTES * 0.1);
  expect(watching.pushed(message)).toBe(false);
  await watching.stop();
  expect(channels()).toEqual([]);
});

/** Three nodes, and which of them watches. */
const threeNodes = async () => {
  const world = await given();
  const nodes = ['one', 'two', 'three'].map((name) => world.node(name));
  await pass(world, 6);
  const [watcher, ...none] = nodes.filter(({ channels }) => channels().length > 0);
  expect(none).toEqual([]);
  if (watcher === undefined) throw new Error('nobody watches');
  const others = nodes.filter((one) => one !== watcher);
  const [{ id, token } = { id: '', token: '' }] = watcher.channels();
  const stop = () => Promise.all(nodes.map(({ watching }) => watching.stop()));
  return { world, watcher, others, said: { channelId: id, token, state: 'exists' }, stop };
};

it('of three nodes, a push that reaches another than the watcher makes the watcher look soon', async () => {
  const { world, others, said, stop } = await threeNodes();
  world.touch('booking0');
  world.says.set('booking0', missing);
  const [asked, rounds] = [world.asked(), others.map((one) => one.rounds())];
  for (const { watching } of others) for (let time = 0; time < 10; time += 1) expect(watching.pushed(said)).toBe(true);
  await pass(world, 1.25);
  expect(await world.facts()).toEqual(['CalendarEventMissing']);
  expect(world.asked() - asked).toBe(2);
  expect(others.map((one) => one.rounds())).toEqual(rounds);
  expect(await world.hints()).toBeLessThanOrEqual(2);
  await stop();
});

it('a push whose watcher is dead is not lost: whoever takes over finds what it told of', async () => {
  const { world, watcher, others, said, stop } = await threeNodes();
  await watcher.watching.stop();
  world.touchOnce('booking0');
  world.says.set('booking0', missing);
  for (const { watching } of others) expect(watching.pushed(said)).toBe(true);
  await pass(world, 22);
  expect(await world.facts()).toEqual(['CalendarEventMissing']);
  await stop();
});

it('a channel of before a restart still counts; what cannot be handed on is handed on later', async () => {
  const { world, watcher, others, said, stop } = await threeNodes();
  // The round after the first has just been.
  await pass(world, 1.6);
  world.touch('booking0');
  world.says.set('booking0', missing);
  world.calendarsAreAway(true);
  for (const { watching } of others) watching.pushed(said);
  await pass(world, 0.5);
  world.calendarsAreAway(false);
  await pass(world, 2);
  expect(await world.facts()).toEqual(['CalendarEventMissing']);
  await watcher.watching.stop();
  const again = world.node('another');
  expect(again.watching.pushed(said)).toBe(true);
  await again.watching.stop();
  await stop();
});

it('without an address nothing is opened; a refusal is told once, and the rounds go on', async () => {
  const world = await given();
  const away = world.node(null, { address: null });
  await pass(world, 10);
  expect(away.channels()).toEqual([]);
  await away.watching.stop();
  const refused = world.node(null, { refuses: true });
  await pass(world, 200);
  expect(refused.problems).toEqual(['it cannot tell of changes: the domain is not verified']);
  expect(refused.asks()).toBe(4);
  expect(refused.rounds()).toBeGreaterThan(30);
  await refused.watching.stop();
});
