import * as E from 'fp-ts/lib/Either.js';
import { type FileHandle, open } from 'node:fs/promises';
import { lockMoved } from '../../adapters/sqlite/file-lock.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { describeStoreError, type StoreError } from '../../application/ports/event-store.ts';
import { exportLine, parseExportLine } from '../../application/audit/export-line.ts';
import type { AuditLog } from '../../application/audit/read-for-audit.ts';
import { bookingStream } from '../../application/commands/aggregate.ts';
import { messageOf } from '../../domain/unknown.ts';
import { CSV_HEADER, isCsvHeader, MARKED_CSV_HEADER, uidOfRow } from '../../projections/audit/booking-csv.ts';
import type { ExportFormat } from '../../projections/audit/export-lines.ts';
import { isEverything } from '../../projections/audit/selected-bookings.ts';
import type { Terminal } from '../terminal.ts';
import { type ExportKind, hasFilters, keepFilters } from './export-filters.ts';

/** Where lines go. `write` resolves when more may come, however slow the reader is. */
export type Sink = {
  readonly write: (lines: ReadonlyArray<string>) => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Where an export begins. `rest`: lines that are missing of a booking that was written in part. `isNew`: nothing was written
 * before, so that a table needs its header.
 */
export type Begun = { readonly after: number; readonly rest: ReadonlyArray<string>; readonly isNew: boolean };

type Opened = { readonly sink: Sink; readonly begun: Begun };

export const openStandardOutput = (terminal: Terminal, after: number): E.Either<string, Opened> =>
  E.right({
    sink: {
      write: async (lines) => {
        for (const line of lines) terminal.out(line);
        await terminal.drained();
      },
      close: async () => undefined,
    },
    begun: { after, rest: [], isNew: after === 0 },
  });

/** Longer than any line: an event has a megabyte at most, and a row of the table far less. */
const TAIL_BYTES = 4_194_304;
const LINE_END = 0x0a;

type Tail = { readonly line: string; readonly end: number } | { readonly half: Buffer };

/** The last whole line of a file, and where it ends; what was written after it is half a line. `half`: there is no whole one. */
const lastLine = async (file: FileHandle): Promise<Tail> => {
  const { size } = await file.stat();
  const from = Math.max(0, size - TAIL_BYTES);
  const tail = Buffer.alloc(size - from);
  await file.read(tail, 0, tail.length, from);
  const end = tail.lastIndexOf(LINE_END);
  if (end < 0) return { half: tail };
  const begin = end === 0 ? 0 : tail.lastIndexOf(LINE_END, end - 1) + 1;
  return { line: tail.toString('utf8', begin, end), end: from + end + 1 };
};

const OTHER_FILE =
  'it is there already, and does not end as an export of this log does: name another file [other_file]';
const IN_USE = 'another export writes it now [file_in_use]';
const OTHER_FILTERS =
  'it is there already, and was begun with other filters, or nobody knows with which: name another file [other_filters]';

const unreadable = (error: StoreError): E.Either<string, never> =>
  E.left(`the log cannot be read: ${describeStoreError(error)}`);

const rowGoesOn = async (log: AuditLog, line: string): Promise<E.Either<string, Begun>> => {
  if (isCsvHeader(line)) return E.right({ after: 0, rest: [], isNew: false });
  const first = await log.readStream(bookingStream(uidOfRow(line) ?? ''), 0, 1)();
  if (E.isLeft(first)) return unreadable(first.left);
  const [request] = first.right;
  return request === undefined ? E.left(OTHER_FILE) : E.right({ after: request.position, rest: [], isNew: false });
};

/** A booking is read as a whole; of the whole log no more than the event, whose stream may be long. */
const eventGoesOn = async (log: AuditLog, line: string, whole: boolean): Promise<E.Either<string, Begun>> => {
  const last = parseExportLine(line);
  if (E.isLeft(last)) return E.left(OTHER_FILE);
  const { stream, revision, hash, position } = last.right;
  const read = await (whole ? log.readStream(stream, revision, 1) : log.readStream(stream))();
  if (E.isLeft(read)) return unreadable(read.left);
  const here = read.right.find((event) => event.revision === revision);
  // A log that was moved has the same events under other positions: what comes would be taken from another place.
  if (here?.hash !== hash || here.position !== position) return E.left(OTHER_FILE);
  if (whole) return E.right({ after: position, rest: [], isNew: false });
  const rest = read.right.filter((event) => event.revision > revision).map(exportLine);
  return E.right({ after: read.right[0]?.position ?? position, rest, isNew: false });
};

/** Where an export that ends with this line goes on. Left: it is none of this log. */
const goingOn = (log: AuditLog, line: string, { format, selection }: ExportKind): Promise<E.Either<string, Begun>> =>
  format === 'csv' ? rowGoesOn(log, line) : eventGoesOn(log, line, isEverything(selection));

/** Whether a file without a whole line is the beginning of the first one that an export writes, or empty. */
const isCutOff = async (log: AuditLog, half: Buffer, format: ExportFormat): Promise<boolean> => {
  const begins = (line: string): boolean => Buffer.from(line).subarray(0, half.length).equals(half);
  if (format === 'csv') return begins(CSV_HEADER) || begins(MARKED_CSV_HEADER);
  const text = half.toString();
  const position = /^\{"position":(\d+),/.exec(text)?.[1];
  if (position === undefined) return begins('{"position":') || /^\{"position":\d+$/.test(text);
  const read = await log.readAll(Number(position) - 1, 1)();
  return E.isRight(read) && read.right[0] !== undefined && begins(exportLine(read.right[0]));
};

/** Makes a file, readable by its owner alone since it has personal data, or goes on with one after its last whole line. */
export const openExportFile = async (
  log: AuditLog,
  path: string,
  kind: ExportKind,
): Promise<E.Either<string, Opened>> => {
  const failed = (thrown: unknown) => E.left(`${path} cannot be written: ${messageOf(thrown)} [file_unwritable]`);
  const opening = await open(path, 'a+', 0o600).then(E.right, failed);
  if (E.isLeft(opening)) return opening;
  const file = opening.right;
  const lock = lockMoved(path);
  if (E.isLeft(lock)) {
    await file.close();
    const reason = lock.left.type === 'AlreadyOpen' ? IN_USE : describeDataFileError(lock.left);
    return E.left(`${path}: ${reason}`);
  }
  const begin = async (): Promise<E.Either<string, Begun>> => {
    const last = await lastLine(file);
    if ('half' in last) {
      if (!(await isCutOff(log, last.half, kind.format))) return E.left(OTHER_FILE);
      await file.truncate(0);
      await keepFilters(path, kind.selection);
      return E.right({ after: 0, rest: [], isNew: true });
    }
    const begun = await goingOn(log, last.line, kind);
    if (E.isLeft(begun)) return begun;
    // A table that has its columns alone says nothing more.
    if (!(await hasFilters(log, path, kind, begun.right.after > 0))) return E.left(OTHER_FILTERS);
    await file.truncate(last.end);
    return begun;
  };
  const begun = await begin().catch(failed);
  const close = async (): Promise<void> => {
    await file.close();
    lock.right();
  };
  if (E.isLeft(begun)) {
    await close();
    return E.left(begun.left === OTHER_FILE || begun.left === OTHER_FILTERS ? `${path}: ${begun.left}` : begun.left);
  }
  const sink: Sink = {
    write: async (lines) => {
      if (lines.length > 0) await file.appendFile(`${lines.join('\n')}\n`);
    },
    close: async () => {
      await file.sync();
      await close();
    },
  };
  return E.right({ sink, begun: begun.right });
};
