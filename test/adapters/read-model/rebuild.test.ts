import { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFile } from '../../../src/adapters/sqlite/file-lock.ts';
import { GENERATION_CHECK_MS } from '../../../src/adapters/read-model/follow.ts';
import { currentGeneration, generationPath, generationsIn } from '../../../src/adapters/read-model/generations.ts';
import { type RebuildProgress, rebuildReadModel } from '../../../src/adapters/read-model/rebuild.ts';
import { makeTestClock } from '../../support/clock.ts';
import { dump } from '../../projections/support/dump.ts';
import { acceptedStory, cancelled, envelopes, requested } from '../../projections/support/given-events.ts';
import { type Given, caughtUp, givenReadModel, right, until } from '../../projections/support/given-read-model.ts';
import { givenBookings } from '../../projections/support/given-story.ts';
import { listAll } from '../../projections/support/list-all.ts';

describe('rebuilding the read model', () => {
  let given: Given;
  beforeEach(async () => {
    given = await givenReadModel();
  });
  afterEach(() => given.cleanUp());

  const rebuild = (deps: Partial<Parameters<typeof rebuildReadModel>[0]> = {}) =>
    rebuildReadModel({ log: given.store, folder: given.folder, lock: lockFile, ...deps });

  it('gives row for row what following the log gave (I7)', async () => {
    const projections = given.start();
    await givenBookings(given, 60);
    await caughtUp(projections, given.store);
    const followed = dump(given.folder);
    const rebuilt = await right(rebuild());
    expect(rebuilt).toMatchObject({ generation: 2, position: await right(given.store.head()) });
    expect(followed.bookings).toHaveLength(60);
    expect(followed.outbox?.length).toBeGreaterThan(0);
    expect(followed.calendar_bookings?.length).toBeGreaterThan(0);
    expect(dump(given.folder)).toEqual(followed);
  });

  it('is noticed by a running server, which goes on in the new file and deletes the old one', async () => {
    const projections = given.start();
    await givenBookings(given, 5);
    await caughtUp(projections, given.store);
    await right(rebuild());
    await until(async () => (await projections.status()).generation === 2);
    expect(generationsIn(given.folder)).toEqual([2]);
    await given.append('booking-after', [requested()]);
    await caughtUp(projections, given.store);
    expect((await listAll(projections)).map(({ uid }) => uid)).toContain('after');
  });

  it('is noticed without looking again and again: the clock stands still', async () => {
    await given.append('booking-one', acceptedStory());
    const clock = makeTestClock();
    const projections = given.start(clock);
    await caughtUp(projections, given.store);
    expect(clock.pending()).toBe(1);
    clock.advance(GENERATION_CHECK_MS - 1);
    expect(clock.pending()).toBe(1);
    for (const generation of [2, 3]) {
      await right(rebuild());
      await until(async () => (await projections.status()).generation === generation);
      expect(clock.pending()).toBe(1);
    }
    await projections.stop();
    expect(clock.pending()).toBe(0);
  });

  it('never shows a half-built model, nor one that is behind what was shown', async () => {
    const projections = given.start();
    await givenBookings(given, 5);
    await caughtUp(projections, given.store);
    const whole = await listAll(projections);
    const seen: Array<Promise<unknown>> = [];
    const late = given.store.readAll;
    let appended = false;
    const log = {
      head: given.store.head,
      readAll: (after: number, limit: number) => async () => {
        seen.push(listAll(projections));
        const page = await late(after, Math.min(limit, 7))();
        if (!appended && E.isRight(page) && page.right.length === 0) {
          appended = true;
          await given.append('booking-meanwhile', [requested()]);
        }
        return page;
      },
    };
    await right(rebuild({ log }));
    await caughtUp(projections, given.store);
    const before = projections.position();
    await until(async () => (await projections.status()).generation === 2);
    expect(projections.position()).toBeGreaterThanOrEqual(before);
    expect(seen.length).toBeGreaterThan(3);
    // A list that was asked for before the sixth booking came may be answered after it, never with less than the five.
    for (const shown of await Promise.all(seen)) expect(shown).toEqual(expect.arrayContaining([...whole]));
    expect(await listAll(projections)).toHaveLength(6);
  });

  it('tells how far it is', async () => {
    await givenBookings(given, 3);
    const told: Array<RebuildProgress> = [];
    await right(rebuild({ onProgress: (progress) => told.push(progress) }));
    const head = await right(given.store.head());
    expect(told).toEqual([{ done: head, total: head }]);
  });

  it('works on an empty log and in a folder that is not there', async () => {
    const rebuilt = await right(rebuild({ folder: `${given.folder}/new` }));
    expect(rebuilt).toEqual({ generation: 1, position: 0, events: 0 });
    expect(currentGeneration(`${given.folder}/new`)).toBe(1);
  });

  it('keeps the old model and leaves nothing behind when an event cannot be understood', async () => {
    await given.append('booking-one', acceptedStory());
    await right(rebuild());
    const [strange] = envelopes('booking-two', [requested()]).map((event) => ({ ...event, type: 'Unheard' }));
    if (strange === undefined) throw new Error('one event makes one envelope');
    await right(given.store.append({ stream: 'booking-two', expected: 'no-stream', events: [strange] }));
    expect(await rebuild()()).toMatchObject(
      E.left({ type: 'EventNotFolded', reason: expect.stringContaining('position 5') }),
    );
    expect(generationsIn(given.folder)).toEqual([1]);
    expect(currentGeneration(given.folder)).toBe(1);
  });

  it('takes data at its word, but not so far that it would show what cannot be folded', async () => {
    const [broken] = envelopes('booking-one', [requested()]).map((event) => ({ ...event, data: {} }));
    if (broken === undefined) throw new Error('one event makes one envelope');
    await right(given.store.append({ stream: 'booking-one', expected: 'no-stream', events: [broken] }));
    expect(await rebuild()()).toMatchObject(
      E.left({ type: 'EventNotFolded', projection: 'bookings', reason: expect.stringContaining('position 1') }),
    );
    expect(currentGeneration(given.folder)).toBeNull();
  });

  it('keeps the old model when it is called off, or when the log cannot be read', async () => {
    await given.append('booking-one', acceptedStory());
    await right(rebuild());
    const aborted = new AbortController();
    aborted.abort();
    expect(await rebuild({ signal: aborted.signal })()).toEqual(E.left({ type: 'Aborted' }));
    const readAll = () => async () => E.left({ type: 'Corrupt', reason: 'position 3' } as const);
    const unreadable = await rebuild({ log: { head: given.store.head, readAll } })();
    expect(unreadable).toMatchObject(E.left({ type: 'LogUnreadable', error: { reason: 'position 3' } }));
    expect(generationsIn(given.folder)).toEqual([1]);
  });

  it('is done by one at a time', async () => {
    await given.append('booking-one', acceptedStory());
    let second: unknown;
    const head = () => async () => {
      second ??= await rebuild()();
      return given.store.head()();
    };
    await right(rebuild({ log: { head, readAll: given.store.readAll } }));
    expect(second).toEqual(E.left({ type: 'RebuildInProgress' }));
  });

  it('tries again at the next start what had stopped a projection', async () => {
    await given.append('booking-one', acceptedStory());
    const first = given.start();
    await caughtUp(first, given.store);
    await first.stop();
    const db = new DatabaseSync(generationPath(given.folder, 1));
    db.exec("UPDATE checkpoints SET stopped = 'a fault of the older program' WHERE name = 'outbox'");
    db.close();
    await given.append('booking-one', [cancelled]);
    const second = given.start();
    await until(async () => (await second.status()).generation === 2);
    await caughtUp(second, given.store);
    expect(given.troubles).toContainEqual(expect.stringContaining('a fault of the older program'));
    expect((await second.status()).troubles).toEqual([]);
  });
});
