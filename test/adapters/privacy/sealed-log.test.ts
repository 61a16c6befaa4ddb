import * as TE from 'fp-ts/lib/TaskEither.js';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../../src/adapters/identity/head-key.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { verifyEvents } from '../../../src/application/audit/verify-log.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { EventStore, StoreError } from '../../../src/application/ports/event-store.ts';
import type { SubjectKeys } from '../../../src/application/ports/subject-keys.ts';
import { makeAppendGate } from '../../../src/application/privacy/append-gate.ts';
import { openedForReading, openedStore } from '../../../src/application/privacy/opened-store.ts';
import { makeSealing } from '../../../src/application/privacy/sealing.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import type { BookingCommand } from '../../../src/domain/booking/commands.ts';
import type { JsonObject, RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { command } from '../../../src/testing/index.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { bookingRequested, contextOf } from '../../application/process.helper.ts';
import { sealedWorld } from './sealed-world.helper.ts';

const hashes = { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null };
const STREAM = 'booking-one';
let stored: EventStore;
let keys: SubjectKeys;
let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  folder = join(made.path, 'keys');
  keys = must(await openSubjectKeys(folder));
  stored = makeMemoryEventStore();
});
afterEach(() => remove());

const world = () => sealedWorld(stored, keys);
const read = async (log: EventStore): Promise<ReadonlyArray<RecordedEvent>> => must(await log.readStream(STREAM)());
/** The bookings of these tests are written without their schedules. */
const isNoSlot = ({ kind }: { readonly kind: string }): boolean => kind === 'no-slot';
const findings = async (log: EventStore, given: { readonly keys: SubjectKeys | null } = { keys }) =>
  must(await verifyEvents(log, { ...hashes, ...given }, () => undefined)).findings.filter((one) => !isNoSlot(one));
const emailIn = async (log: EventStore): Promise<string> =>
  String((await read(log))[0]?.data.personal && JSON.stringify((await read(log))[0]?.data.personal));

describe('a log whose personal data is sealed', () => {
  it('has ciphertext at rest, plain events in memory, and chains that hold with keys and without', async () => {
    const { store, buses } = world();
    await bookingRequested(buses, 'one', { guests: ['ola@example.net'] });
    await buses.bookings.execute(
      'one',
      { ...command.cancel(), type: 'CancelBooking', reason: 'ola is ill' } as BookingCommand,
      contextOf('c'),
    )();
    expect(JSON.stringify(await read(stored))).not.toMatch(/ola|ill|example/);
    expect(await emailIn(store)).toContain('ola@example.net');
    expect(await findings(stored)).toEqual([]);
    expect(await findings(stored, { keys: null })).toEqual([]);
  });

  it('given a letter of the ciphertext changed, then verify finds it without a key, and nobody reads it', async () => {
    const { buses } = world();
    await bookingRequested(buses, 'one');
    const [request, ...rest] = await read(stored);
    const text = JSON.stringify(request).replace(/"text":"./, '"text":"%');
    const changed = [JSON.parse(text), ...rest];
    const reading = () => TE.right<StoreError, ReadonlyArray<RecordedEvent>>(changed);
    const tampered: EventStore = { ...stored, readAll: reading, readStream: reading };
    expect(await findings(tampered, { keys: null })).toMatchObject([{ kind: 'chain' }]);
    expect(await openedForReading(tampered, keys).readStream(STREAM)()).toMatchObject({
      left: { type: 'Corrupt', position: 1 },
    });
  });

  it('cannot have a part of one event in another', async () => {
    const { buses } = world();
    await bookingRequested(buses, 'one');
    await bookingRequested(buses, 'two');
    const [one] = await read(stored);
    const [two] = must(await stored.readStream('booking-two')());
    const mixed = { ...one, data: { ...one?.data, personal: two?.data.personal } } as RecordedEvent;
    const reading = () => TE.right<StoreError, ReadonlyArray<RecordedEvent>>([mixed]);
    const log: EventStore = { ...stored, readStream: reading };
    expect(await openedForReading(log, keys).readStream(STREAM)()).toMatchObject({ left: { type: 'Corrupt' } });
  });

  it('given no key can be written, then nothing is appended', async () => {
    const failing = { ...keys, saved: () => Promise.reject(new Error('disk full')) };
    const buses = makeBookingBuses({
      store: openedStore(stored, failing, makeAppendGate()),
      identity: systemIdentity,
      sealing: makeSealing(failing),
    });
    await expect(bookingRequested(buses, 'one')).rejects.toThrow(/cannot be written: disk full/);
    expect(must(await stored.head()())).toBe(0);
  });
});

describe('forgetting a person', () => {
  const attendeeOf = async (store: EventStore): Promise<string> => {
    const personal = (await read(store))[0]?.data.personal as JsonObject;
    return String((personal.attendee as JsonObject).email);
  };

  it('is refused while they are waited for; with cancel they are taken out first', async () => {
    const { store, buses, forget } = world();
    await bookingRequested(buses, 'one');
    const email = await attendeeOf(store);
    expect(await forget(email, { cancel: false, actorId: 'k' })).toEqual({
      _tag: 'Left',
      left: { type: 'StillToCome', uids: ['one'] },
    });
    expect(must(await forget(email.toUpperCase(), { cancel: true, actorId: 'k' }))).toMatchObject({
      bookings: 1,
      keys: 1,
    });
    expect((await read(stored)).map(({ type }) => type)).toEqual([
      'BookingRequested',
      'BookingCancelled',
      'PersonalDataErased',
    ]);
  });

  it('leaves a log that folds and verifies, and has nothing of them, here and after a restart', async () => {
    const { store, buses, forget, removed } = world();
    await bookingRequested(buses, 'one', { guests: ['ola@example.net'] });
    const email = await attendeeOf(store);
    must(await forget(email, { cancel: true, actorId: 'k' }));
    const before = must(await buses.bookings.load('one')()).state;
    keys = must(await openSubjectKeys(folder));
    const anew = world();
    const state = must(await anew.buses.bookings.load('one')()).state;
    expect(state).toEqual(before);
    expect(state).toMatchObject({ phase: 'cancelled', request: { personal: { attendee: { email: '(erased)' } } } });
    expect(state).toMatchObject({ guests: [{ email: 'ola@example.net' }] });
    expect(JSON.stringify(await read(anew.store))).not.toContain(email);
    expect(await findings(stored)).toEqual([]);
    expect(await findings(stored, { keys: null })).toEqual([]);
    expect(removed).toContain('one');
  });

  it('forgets a guest of somebody else, whose booking goes on', async () => {
    const { store, buses, forget } = world();
    await bookingRequested(buses, 'one', { guests: ['ola@example.net', 'kari@example.net'] });
    const email = await attendeeOf(store);
    must(await forget('ola@example.net', { cancel: true, actorId: 'k' }));
    expect(must(await buses.bookings.load('one')()).state).toMatchObject({
      phase: 'pending',
      request: { personal: { attendee: { email } } },
      guests: [{ email: '(erased)' }, { email: 'kari@example.net' }],
    });
    expect(await findings(stored)).toEqual([]);
  });

  it('again is success with nothing left to do; whoever books later is known again', async () => {
    const { store, buses, forget, export: exported } = world();
    await bookingRequested(buses, 'one');
    const email = await attendeeOf(store);
    must(await forget(email, { cancel: true, actorId: 'k' }));
    expect(must(await forget(email, { cancel: true, actorId: 'k' }))).toMatchObject({
      bookings: 0,
      alreadyErased: 1,
      keys: 0,
    });
    await bookingRequested(buses, 'two');
    const { bookings } = must(await exported(email));
    expect(bookings.map(({ uid, people }) => [uid, people])).toEqual([['two', ['attendee']]]);
  });

  it('given data in the clear from before, then it is refused and nothing is changed', async () => {
    const plain = makeBookingBuses({ store: stored, identity: systemIdentity });
    await bookingRequested(plain, 'one');
    const email = await attendeeOf(stored);
    const { forget } = world();
    expect(await forget(email, { cancel: true, actorId: 'k' })).toMatchObject({ left: { type: 'InClear', events: 1 } });
    expect(await read(stored)).toHaveLength(1);
  });
});

describe('exporting a person', () => {
  it('gives what is about them, and nothing that is about anybody else', async () => {
    const { buses, export: exported } = world();
    await bookingRequested(buses, 'one', { guests: ['ola@example.net', 'kari@example.net'] });
    const { bookings } = must(await exported('Ola@Example.NET'));
    expect(bookings).toMatchObject([{ uid: 'one', people: ['guest-1'] }]);
    const text = JSON.stringify(bookings);
    expect(text).toContain('ola@example.net');
    expect(text).not.toMatch(/kari|runa/i);
  });
});
