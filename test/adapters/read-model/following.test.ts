import { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rebuildReadModel } from '../../../src/adapters/read-model/rebuild.ts';
import { lockFile } from '../../../src/adapters/sqlite/file-lock.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { currentGeneration, generationPath, generationsIn } from '../../../src/adapters/read-model/generations.ts';
import { accepted, acceptedStory, cancelled, envelopes, requested } from '../../projections/support/given-events.ts';
import type { Given } from '../../projections/support/given-read-model.ts';
import { caughtUp, givenReadModel, right, until } from '../../projections/support/given-read-model.ts';
import { listAll } from '../../projections/support/list-all.ts';

const never = new AbortController().signal;

describe('the read model follows the log', () => {
  let given: Given;
  beforeEach(async () => {
    given = await givenReadModel();
  });
  afterEach(() => given.cleanUp());

  it('shows what was appended before and after it started', async () => {
    await given.append('booking-one', acceptedStory());
    const projections = given.start();
    await caughtUp(projections, given.store);
    await given.append('booking-two', [requested()]);
    await caughtUp(projections, given.store);
    expect(await listAll(projections)).toMatchObject([
      { uid: 'one', booking: { phase: 'accepted' } },
      { uid: 'two', booking: { phase: 'pending' } },
    ]);
  });

  it('waits for a position, and no longer than it is told to', async () => {
    const projections = given.start();
    const position = await given.append('booking-one', [requested()]);
    expect(await projections.waitFor(position, 10_000, never)).toBe(true);
    expect(projections.position()).toBe(position);
    expect(await projections.waitFor(position + 1, 20, never)).toBe(false);
    const caller = new AbortController();
    const waiting = projections.waitFor(position + 1, 10_000, caller.signal);
    caller.abort();
    expect(await waiting).toBe(false);
  });

  it('gives up waiting when it stops, and says that it cannot be read', async () => {
    const projections = given.start();
    await given.append('booking-one', [requested()]);
    await caughtUp(projections, given.store);
    const waiting = projections.waitFor(1_000, 10_000, never);
    await projections.stop();
    expect(await waiting).toBe(false);
    expect(E.isLeft(await projections.calendarHealth(0, null)())).toBe(true);
  });

  it('goes on from its checkpoint after a restart, in the same file', async () => {
    await given.append('booking-one', acceptedStory());
    const first = given.start();
    await caughtUp(first, given.store);
    await first.stop();
    await given.append('booking-one', [cancelled]);
    const second = given.start();
    await caughtUp(second, given.store);
    expect(await listAll(second)).toMatchObject([{ uid: 'one', booking: { phase: 'cancelled' } }]);
    expect(currentGeneration(given.folder)).toBe(1);
  });

  it('keeps when calendars were last seen over a restart and a rebuild, and while there is no read model', async () => {
    const first = given.start();
    first.noteSighting('work', { at: 1_000, except: { one: null } });
    await given.append('booking-one', acceptedStory());
    await caughtUp(first, given.store);
    first.noteSighting('home', { at: 2_000, except: {} });
    await first.stop();
    const second = given.start();
    await caughtUp(second, given.store);
    expect(second.sighting('work')).toEqual({ at: 1_000, except: { one: null } });
    second.noteSighting('work', { at: 3_000, except: { one: 1_000 } });
    await right(rebuildReadModel({ log: given.store, folder: given.folder, lock: lockFile }));
    await until(() => currentGeneration(given.folder) === 2 && generationsIn(given.folder).length === 1);
    await second.stop();
    const third = given.start();
    await caughtUp(third, given.store);
    expect(third.sighting('work')).toEqual({ at: 3_000, except: { one: 1_000 } });
    expect(third.sighting('home')).toEqual({ at: 2_000, except: {} });
    expect(third.sighting('other')).toBeNull();
  });

  it('builds a new file when the rows are of another history, and deletes the old one', async () => {
    await given.append('booking-one', acceptedStory());
    const first = given.start();
    await caughtUp(first, given.store);
    await first.stop();
    const db = new DatabaseSync(generationPath(given.folder, 1));
    db.exec("UPDATE checkpoints SET event_id = 'of another log'");
    db.close();
    const second = given.start();
    await caughtUp(second, given.store);
    expect(await listAll(second)).toHaveLength(1);
    expect(generationsIn(given.folder)).toEqual([2]);
  });

  it.each([
    ['another definition', "UPDATE definition SET text = 'of an older program'"],
    ['a missing table', 'DROP TABLE bookings'],
  ])('builds a new file when it finds %s', async (_, damage) => {
    await given.append('booking-one', acceptedStory());
    const first = given.start();
    await caughtUp(first, given.store);
    await first.stop();
    const db = new DatabaseSync(generationPath(given.folder, 1));
    db.exec(damage);
    db.close();
    const second = given.start();
    await caughtUp(second, given.store);
    expect(await listAll(second)).toHaveLength(1);
    expect(currentGeneration(given.folder)).toBe(2);
  });

  it('moves rows and checkpoint together, and tries again after the file could not be written', async () => {
    await given.append('booking-one', [requested()]);
    const projections = given.start();
    await caughtUp(projections, given.store);
    const other = new DatabaseSync(generationPath(given.folder, 1));
    other.exec('BEGIN IMMEDIATE');
    await given.append('booking-one', [accepted]);
    await until(() => given.troubles.length > 0);
    expect(await listAll(projections)).toMatchObject([{ booking: { phase: 'pending' } }]);
    expect((await projections.status()).troubles).toEqual(given.troubles);
    other.exec('ROLLBACK');
    other.close();
    await caughtUp(projections, given.store);
    expect(await listAll(projections)).toMatchObject([{ booking: { phase: 'accepted' } }]);
    expect((await projections.status()).troubles).toEqual([]);
  });

  it('subscribes again when the subscription breaks', async () => {
    const { store } = given;
    let breaks = 2;
    const flaky: EventStore = {
      ...store,
      subscribe: (options) => {
        if (breaks === 0) return store.subscribe(options);
        breaks -= 1;
        return { stop: async () => undefined, done: Promise.reject(new Error('the log went away')) };
      },
    };
    const other = await givenReadModel(flaky);
    const projections = other.start();
    await other.append('booking-one', [requested()]);
    await caughtUp(projections, store);
    expect(other.troubles).toEqual(['the log went away']);
    await other.cleanUp();
  });

  it('stops loudly at an event that nobody understands, shows what was before it, and says so', async () => {
    await given.append('booking-one', acceptedStory());
    const projections = given.start();
    await caughtUp(projections, given.store);
    const [strange] = envelopes('booking-two', [requested()]);
    if (strange === undefined) throw new Error('one event makes one envelope');
    const append = { stream: 'booking-two', expected: 'no-stream', events: [{ ...strange, version: 99 }] } as const;
    await right(given.store.append(append));
    await given.append('booking-three', [requested()]);
    await until(async () => (await projections.status()).projections.every(({ stopped }) => stopped !== null));
    expect(given.troubles).toContainEqual(expect.stringMatching(/bookings has stopped.*position 5 .*version 99/));
    expect((await projections.status()).projections).toContainEqual(
      expect.objectContaining({ name: 'bookings', checkpoint: 4, head: 6, lag: 2 }),
    );
    expect((await listAll(projections)).map(({ uid }) => uid)).toEqual(['one']);
  });

  it('passes over streams that are no business of the projections', async () => {
    await right(
      given.store.append({ stream: 'other-1', expected: 'no-stream', events: envelopes('other-1', [requested()]) }),
    );
    const projections = given.start();
    await caughtUp(projections, given.store);
    expect(await listAll(projections)).toEqual([]);
  });
});
