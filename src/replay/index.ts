/** What an auditor's own program reads, folds and verifies a log of Holdfast with. See docs/audit.md. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { verifyDataFile } from '../adapters/event-store/embedded/verifying/verify-data-file.ts';
import { makeReadOnlyEventStore } from '../adapters/event-store/embedded/sqlite-event-store.ts';
import { readLines } from '../adapters/files/read-lines.ts';
import { sha256Hex } from '../adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../adapters/identity/head-key.ts';
import { KEY_FOLDER } from '../adapters/privacy/key-files.ts';
import { readSubjectKeys } from '../adapters/privacy/subject-key-folder.ts';
import { openedForReading } from '../application/privacy/opened-store.ts';
import { openDataFileReadOnly, type ReadOnlyDataFile } from '../adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../adapters/sqlite/inspect-file.ts';
import { parseExportLine } from '../application/audit/export-line.ts';
import { auditedEvent, auditPages } from '../application/audit/read-for-audit.ts';
import { reportData, verifyEvents } from '../application/audit/verify-log.ts';
import { describeStoreError, type EventStore, type StoreError } from '../application/ports/event-store.ts';
import type { SubjectKeyReader } from '../application/ports/subject-keys.ts';
import { openEvent } from '../application/privacy/sealing.ts';
import { type BookingState, noBooking } from '../domain/booking/booking-state.ts';
import type { BookingEvent } from '../domain/booking/events.ts';
import { evolve } from '../domain/booking/evolve.ts';
import type { RecordedEvent } from '../domain/log/envelope.ts';

export type { AuditedEvent } from '../application/audit/read-for-audit.ts';
export type { Finding } from '../application/audit/finding.ts';
export type { BookingState, BookingEvent, RecordedEvent };

/** What `verify` found, as `holdfast audit verify --json` prints it. */
export type VerifyReport = ReturnType<typeof reportData>;

/** A log that is read and never written. Every function may throw an `Error` that says why the log cannot be read. */
export type ReadableLog = {
  /** All events, in the order of the log, a page in memory at a time. */
  readonly events: () => AsyncGenerator<RecordedEvent>;
  /** The events of one stream (`booking-<uid>`, `schedule-<host id>`), oldest first; none where there is no such stream. */
  readonly stream: (name: string) => Promise<ReadonlyArray<RecordedEvent>>;
  /** Hash chains, codecs, and whether the deciders could have written each event, as `holdfast audit verify` checks them. */
  readonly verify: () => Promise<VerifyReport>;
  readonly close: () => Promise<void>;
};

const DATA_FILE = 'holdfast.sqlite';
const END = Number.MAX_SAFE_INTEGER;

const must = <A>(read: E.Either<StoreError, A>): A => {
  if (E.isLeft(read)) throw new Error(`the log cannot be read: ${describeStoreError(read.left)}`);
  return read.right;
};

const keysIn = (folder: string): SubjectKeyReader => {
  const keys = readSubjectKeys(folder);
  if (E.isLeft(keys)) throw new Error(`the keys in ${keys.left.path} cannot be used: ${keys.left.reason}`);
  return keys.right;
};

const QUIET = (): void => undefined;
const HASHES = { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy };

const overStore = (path: string, stored: EventStore, keyFolder: string, release: () => void): ReadableLog => {
  const store = openedForReading(stored, keysIn(keyFolder));
  return {
    events: async function* events() {
      const upTo = must(await store.head()());
      for await (const page of auditPages(store, { after: 0, upTo })) yield* must(page);
    },
    stream: async (name) => must(await store.readStream(name)()),
    verify: async () => reportData(must(await verifyDataFile(path, { keyFolder })(QUIET))),
    close: async () => {
      await store.close();
      release();
    },
  };
};

const overDataFile = (path: string, file: ReadOnlyDataFile, keyFolder: string): ReadableLog => {
  const store = makeReadOnlyEventStore(file);
  if (E.isRight(store)) return overStore(path, store.right, keyFolder, file.close);
  file.close();
  throw new Error(describeDataFileError(store.left));
};

async function* exportedEvents(path: string): AsyncGenerator<RecordedEvent> {
  let line = 0;
  for await (const text of readLines(path)) {
    line += 1;
    if (text === '') continue;
    const event = parseExportLine(text);
    if (E.isLeft(event)) throw new Error(`line ${line} of ${path}: ${event.left}`);
    yield event.right;
  }
}

/** An export is read from its beginning to its end, in pages as the verifier asks for them. */
const pagesOf = (path: string): Parameters<typeof verifyEvents>[0] => {
  const events = exportedEvents(path);
  const page = async (limit: number): Promise<ReadonlyArray<RecordedEvent>> => {
    const taken: RecordedEvent[] = [];
    while (taken.length < limit) {
      const next = await events.next();
      if (next.done === true) break;
      taken.push(next.value);
    }
    return taken;
  };
  return {
    head: () => TE.right(END),
    readAll: (_, limit) => async () => E.right(await page(limit)),
  };
};

/** Hashes cover an export as it is; `keys` open what is sealed in it for whoever reads. */
const openExport = (path: string, keys: SubjectKeyReader | null): ReadableLog => {
  const opened = (event: RecordedEvent): RecordedEvent => {
    const read = keys === null ? E.right(event) : openEvent(keys, event);
    if (E.isRight(read)) return read.right;
    throw new Error(`${event.stream}, revision ${event.revision}: ${read.left.reason}`);
  };
  return {
    events: async function* events() {
      for await (const event of exportedEvents(path)) yield opened(event);
    },
    stream: async (name) => {
      const found: RecordedEvent[] = [];
      for await (const event of exportedEvents(path)) if (event.stream === name) found.push(opened(event));
      return found;
    },
    verify: async () => reportData(must(await verifyEvents(pagesOf(path), { ...HASHES, keys }, QUIET))),
    close: async () => undefined,
  };
};

/** Of a file that is no database, which to open beside SQLite would end its locks: whether it begins as an export does. */
const beginsAsExport = (path: string): boolean => {
  const file = openSync(path, 'r');
  const begin = Buffer.alloc(1);
  const length = readSync(file, begin, 0, 1, 0);
  closeSync(file);
  return length === 1 && begin.toString() === '{';
};

/**
 * Opens a data folder, a data file (also beside a running server), or an NDJSON export. Throws where there is
 * none. Personal data is in the clear where its keys are there: in the folder `keys`, or, for a data file, beside it; otherwise
 * it reads as erased.
 */
export const openLog = async (path: string, { keys }: { readonly keys?: string } = {}): Promise<ReadableLog> => {
  const isFolder = statSync(path).isDirectory();
  const asExport = (): ReadableLog => openExport(path, keys === undefined ? null : keysIn(keys));
  if (!isFolder && path.endsWith('.ndjson')) return asExport();
  const file = isFolder ? join(path, DATA_FILE) : path;
  const opened = openDataFileReadOnly(file);
  if (E.isRight(opened)) return overDataFile(file, opened.right, keys ?? join(dirname(file), KEY_FOLDER));
  if (!isFolder && opened.left.type === 'NotADatabase' && beginsAsExport(path)) return asExport();
  throw new Error(describeDataFileError(opened.left));
};

/**
 * The events of a booking as the program understands them today: old versions as the newest, erased personal data as
 * `(erased)`. Throws at one that no codec understands.
 */
export const decodeStream = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<BookingEvent> =>
  events.map((recorded) => {
    const { event, unreadable } = auditedEvent(recorded);
    if (event === null) throw new Error(`${recorded.stream}, revision ${recorded.revision}: ${unreadable}`);
    return event;
  });

/** What a booking was like after these events, the first ones of its stream: `phase` says how it stands. */
export const foldStream = (events: ReadonlyArray<RecordedEvent>): BookingState =>
  decodeStream(events).reduce(evolve, noBooking);
