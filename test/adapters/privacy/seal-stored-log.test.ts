import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import {
  makeReadOnlyEventStore,
  makeSqliteEventStore,
} from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../../src/adapters/identity/head-key.ts';
import { readSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { openDataFileReadOnly } from '../../../src/adapters/sqlite/data-file.ts';
import { verifyEvents } from '../../../src/application/audit/verify-log.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import { openedForReading } from '../../../src/application/privacy/opened-store.ts';
import { sealLog } from '../../../src/cli/local/seal-command.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { sealedParts } from '../../../src/domain/log/sealed-data.ts';
import { command, epochMs } from '../../../src/testing/index.ts';
import { bookingRequested, commanded, contextOf } from '../../application/process.helper.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

let remove = (): Promise<void> => Promise.resolve();
afterEach(() => remove());

describe('sealing a log that was written in the clear', () => {
  it('given such a log, then it has the same events and the same root, and nothing in the clear', async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    const path = join(folder.path, 'holdfast.sqlite');
    const before = mustOpen(path);
    const store = must(makeSqliteEventStore(before));
    const buses = makeBookingBuses({ store, identity: systemIdentity });
    const [now, start, end] = [epochMs('10:00'), epochMs('14:00'), epochMs('14:30')];
    const slot = { start, end, claim: { start, end } };
    const taken = { type: 'ClaimSlot', now, bookingUid: 'one', icsUid: 'one@holdfast', eventTypeId: 1, slot } as const;
    await mustRun(buses.schedules.execute('odd', taken, contextOf('hold-one')));
    await bookingRequested(buses, 'one', { guests: ['ola@example.net'] });
    await commanded(buses, 'one', command.cancel());
    const events = must(await store.readAll(0, 100)());
    const hashes = { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null };
    const root = must(await verifyEvents(store, hashes, () => undefined)).tree.root();
    await store.close();
    await before.close();

    const terminal = recordingTerminal();
    const context = { terminal, env: { HOLDFAST_DATA: folder.path }, end: () => undefined };
    expect(await sealLog(context)).toBe(0);
    expect(terminal.written.out.join()).toMatch(/2 events are sealed now/);

    expect(readFileSync(path, 'latin1')).not.toMatch(/ola@example|attendee/);
    const file = must(openDataFileReadOnly(path));
    const stored = must(makeReadOnlyEventStore(file));
    const keys = must(readSubjectKeys(join(folder.path, 'privacy-keys')));
    const report = must(await verifyEvents(stored, { ...hashes, keys }, () => undefined));
    expect([report.findings, report.tree.root()]).toEqual([[], root]);
    expect(must(await openedForReading(stored, keys).readAll(0, 100)())).toEqual(events);
    file.close();
  });

  it('given a sealing that was interrupted, when made again, then all of a booking goes with its attendee', async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    const path = join(folder.path, 'holdfast.sqlite');
    const before = mustOpen(path);
    const store = must(makeSqliteEventStore(before));
    const buses = makeBookingBuses({ store, identity: systemIdentity });
    await bookingRequested(buses, 'one');
    await commanded(buses, 'one', command.cancel());
    await store.close();
    await before.close();
    const context = { terminal: recordingTerminal(), env: { HOLDFAST_DATA: folder.path }, end: () => undefined };
    const edit = (sql: string) => {
      const db = new DatabaseSync(path);
      const rows = db.prepare(sql).all();
      db.close();
      return rows.map(({ body }) => String(body));
    };
    const [, cancelled = ''] = edit('SELECT body FROM events ORDER BY position');
    // A disk that refuses is said in words, and nothing is lost.
    edit("CREATE TRIGGER full BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
    expect(await sealLog(context)).toBe(1);
    expect(context.terminal.written.err.join()).toMatch(/the disk is full.*once more \[data_file_unwritable\]/);
    edit('DROP TRIGGER full');
    expect(await sealLog(context)).toBe(0);
    edit(`UPDATE events SET body = '${cancelled.replaceAll("'", "''")}' WHERE position = 2 RETURNING body`);
    expect(await sealLog(context)).toBe(0);

    const subjects = edit('SELECT body FROM events ORDER BY position').map((body) =>
      sealedParts(JSON.parse(body).data).map(({ key }) => key),
    );
    expect(subjects[0]).toHaveLength(1);
    expect(subjects[1]).toEqual(subjects[0]);
  });
});
