import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { SubjectKeys } from '../../../src/application/ports/subject-keys.ts';
import { makeAppendGate } from '../../../src/application/privacy/append-gate.ts';
import { openedStore } from '../../../src/application/privacy/opened-store.ts';
import { command } from '../../../src/testing/index.ts';
import { bookingRequested, commanded } from '../../application/process.helper.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { sealedWorld } from './sealed-world.helper.ts';

let stored: EventStore;
let keys: SubjectKeys;
let remove: () => Promise<void>;
beforeEach(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  keys = must(await openSubjectKeys(join(made.path, 'keys')));
  stored = makeMemoryEventStore();
});
afterEach(() => remove());

/** A store whose appends to one stream wait until they are let go. */
const withheld = (stream: string) => {
  const [reached, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const store: EventStore = {
    ...stored,
    append: (append) => async () => {
      if (append.stream === stream) {
        reached.resolve();
        await letGo.promise;
      }
      return stored.append(append)();
    },
  };
  return { store, reached: reached.promise, letGo: letGo.resolve };
};
const emailOf = async (world: ReturnType<typeof sealedWorld>, uid: string): Promise<string> => {
  const { state } = must(await world.buses.bookings.load(uid)());
  if (state.phase === 'none') throw new Error(`there is no ${uid}`);
  return state.request.personal.attendee.email;
};

it('given a log of before beside keys of now, when forgotten again, then calendars are erased at once', async () => {
  const world = sealedWorld(stored, keys);
  await bookingRequested(world.buses, 'one');
  const email = await emailOf(world, 'one');
  await keys.destroy(keys.retire(keys.subjectOf(email)));
  // What waits for them cannot be sent to anybody.
  const older = sealedWorld(stored, keys, { telling: { one: 'attendee' } });
  // Nobody can read any more who is waited for, and that somebody is.
  expect(await older.forget(email, { cancel: false, actorId: 'k' })).toEqual(
    E.left({ type: 'StillToCome', uids: ['one'] }),
  );
  expect(must(await older.export(email)).bookings).toEqual([]);
  expect(must(await older.forget(email, { cancel: true, actorId: 'k' }))).toMatchObject({ bookings: 1, keys: 0 });
  expect(older.removed).toEqual(['one']);
  const types = must(await stored.readStream('booking-one')()).map(({ type }) => type);
  expect(types).toEqual(['BookingRequested', 'BookingCancelled', 'PersonalDataErased']);
  expect(must(await older.forget(email, { cancel: false, actorId: 'k' }))).toMatchObject({ alreadyErased: 1 });
});

it('given guests in a log of before beside keys of now, when forgotten again, then each is taken out', async () => {
  const world = sealedWorld(stored, keys);
  await bookingRequested(world.buses, 'one', { guests: ['ola@example.net', 'kari@example.net'] });
  await keys.destroy(keys.retire(keys.subjectOf('kari@example.net')));
  const older = sealedWorld(stored, keys);
  must(await older.forget('kari@example.net', { cancel: true, actorId: 'k' }));
  const [, removed, erased] = must(await stored.readStream('booking-one')());
  expect([removed?.type, removed?.data.number]).toEqual(['GuestRemoved', 2]);
  expect(erased?.data.people).toEqual(['guest-2']);
  expect(must(await older.export('ola@example.net')).bookings).toMatchObject([{ people: ['guest-1'] }]);
});

describe('forgetting somebody who books at this moment', () => {
  it('given their booking is being written, then it is not begun with: the booking keeps its data', async () => {
    const { store, reached, letGo } = withheld('booking-two');
    const world = sealedWorld(store, keys);
    await bookingRequested(world.buses, 'one');
    await commanded(world.buses, 'one', command.cancel());
    const email = await emailOf(world, 'one');
    const booking = bookingRequested(world.buses, 'two');
    await reached;
    const forgetting = world.forget(email, { cancel: true, actorId: 'k' });
    await expect
      .poll(async () => must(await stored.readStream('booking-one')()).at(-1)?.type)
      .toBe('PersonalDataErased');
    letGo();
    await booking;
    expect(await forgetting).toEqual(E.left({ type: 'StillToCome', uids: ['two'] }));
    expect(await emailOf(sealedWorld(stored, keys), 'two')).toBe(email);
  });

  it('given what they write comes when the key is gone, then it is decided and sealed again', async () => {
    const world = sealedWorld(stored, keys);
    await bookingRequested(world.buses, 'one');
    const email = await emailOf(world, 'one');
    const [sealed] = must(await stored.readStream('booking-one')());
    must(await world.forget(email, { cancel: true, actorId: 'k' }));
    if (sealed === undefined) throw new Error('nothing was written');
    const late = { stream: 'booking-two', expected: 'no-stream', events: [sealed] } as const;
    expect(await openedStore(stored, keys, makeAppendGate()).append(late)()).toMatchObject({
      left: { type: 'RevisionConflict', stream: 'booking-two' },
    });
    expect(must(await stored.readStream('booking-two')())).toEqual([]);
    await bookingRequested(world.buses, 'two');
    expect(await emailOf(world, 'two')).toBe(email);
  });
});
