import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { compareReadModel } from '../../../src/adapters/read-model/compare-read-model.ts';
import { currentGeneration, generationPath } from '../../../src/adapters/read-model/generations.ts';
import { rebuildReadModel } from '../../../src/adapters/read-model/rebuild.ts';
import { lockFile } from '../../../src/adapters/sqlite/file-lock.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { SubjectKeys } from '../../../src/application/ports/subject-keys.ts';
import { openedForReading } from '../../../src/application/privacy/opened-store.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { bookingRequested } from '../../application/process.helper.ts';
import { sealedWorld } from './sealed-world.helper.ts';

let stored: EventStore;
let keys: SubjectKeys;
let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  folder = made.path;
  keys = must(await openSubjectKeys(join(folder, 'keys')));
  stored = makeMemoryEventStore();
});
afterEach(() => remove());

const world = () => sealedWorld(stored, keys);
const read = async (log: EventStore) => must(await log.readStream('booking-one')());

describe('a read model of sealed data, compared with the log', () => {
  const makeReadModel = async (store: EventStore, into: string): Promise<void> => {
    must(await rebuildReadModel({ log: store, folder: into, lock: lockFile })());
  };
  const found = async (store: EventStore, into: string): Promise<ReadonlyArray<string>> =>
    must(await compareReadModel({ log: store, folder: into, pageEvents: 100 })(() => undefined)).findings.map(
      ({ row }) => `${row?.table} ${row?.column}`,
    );
  const edit = (into: string, sql: string): void => {
    const db = new DatabaseSync(generationPath(into, currentGeneration(into) ?? 0));
    db.exec(sql);
    db.close();
  };

  it('given keys, or none, then nothing is found, and an edited status is in both', async () => {
    const { store, buses } = world();
    await bookingRequested(buses, 'one', { guests: ['ola@example.net'] });
    await makeReadModel(store, folder);
    const withoutKeys = openedForReading(stored, { open: () => null, isMissing: () => true });
    expect([await found(store, folder), await found(withoutKeys, folder)]).toEqual([[], []]);
    edit(folder, "UPDATE bookings SET status = 'accepted', attendee_name = 'Eve'");
    expect(await found(store, folder)).toEqual(['bookings status', 'bookings attendee_name']);
    expect(await found(withoutKeys, folder)).toEqual(['bookings status']);
  });

  it('given somebody forgotten, then a row that still has them is named, and one without them is right', async () => {
    const { store, buses, forget } = world();
    await bookingRequested(buses, 'one');
    await makeReadModel(store, folder);
    const [requested] = await read(store);
    const { attendee } = (requested?.data.personal ?? {}) as { readonly attendee: { readonly email: string } };
    must(await forget(attendee.email, { cancel: true, actorId: 'k' }));
    await makeReadModel(store, folder);
    expect(await found(store, folder)).toEqual([]);
    expect(await found(openedForReading(stored, { open: () => null, isMissing: () => true }), folder)).toEqual([]);
    edit(folder, `UPDATE bookings SET attendee_email = '${attendee.email}'`);
    expect(await found(store, folder)).toEqual(['bookings attendee_email']);
    expect(await found(openedForReading(stored, { open: () => null, isMissing: () => true }), folder)).toEqual([
      'bookings attendee_email',
    ]);
  });
});
