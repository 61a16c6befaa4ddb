import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { DatabaseSync } from 'node:sqlite';
import { laterOf } from '../../../../application/audit/check-between-streams.ts';
import { makeFindingList } from '../../../../application/audit/finding.ts';
import { isErased } from '../../../../application/audit/read-for-audit.ts';
import { makeStreamVerifier, type EndedStream } from '../../../../application/audit/stream-verifier.ts';
import { openedForJudging } from '../../../../application/privacy/sealing.ts';
import type { SubjectKeyReader } from '../../../../application/ports/subject-keys.ts';
import { leafText } from '../../../../domain/audit/log-head.ts';
import { leafContent } from '../../../../domain/audit/merkle-tree.ts';
import type { RecordedEvent } from '../../../../domain/log/envelope.ts';
import { sha256Hex } from '../../../hashing/sha256.ts';
import { sha256Into } from '../../../identity/head-key.ts';
import { readSubjectKeys } from '../../../privacy/subject-key-folder.ts';
import { integerColumn, textColumn } from '../../../sqlite/sqlite-error.ts';
import { decodeStored } from '../log-storage.ts';
import { LEAF_BYTES, SHARE, STREAMS_IN_SHARE, type VerifiedStreams, type VerifyJob } from './verify-job.ts';

/** The keys that events are opened with; none where no folder is named. Left: why they cannot be used. */
export const keysOfFolder = (folder: string | null): E.Either<string, SubjectKeyReader | null> =>
  folder === null
    ? E.right(null)
    : pipe(
        readSubjectKeys(folder),
        E.mapLeft(({ path, reason }) => `the keys in ${path} cannot be used: ${reason}`),
      );

/** Rows in a page. */
const PAGE = 500;

/** `rows`: the same events as text. */
type Page = { readonly events: ReadonlyArray<RecordedEvent>; readonly rows: ReadonlyArray<{ readonly body: string }> };

/** The events of one share of streams, by stream and revision, a page at a time. Null: one cannot be parsed, or its stream has no name. */
const makeReader = (db: DatabaseSync) => {
  const names = db.prepare('SELECT id, name FROM streams WHERE id BETWEEN ? AND ?');
  const rows = db.prepare(
    `SELECT stream, position, revision, body FROM events
     WHERE (stream, revision) > (?, ?) AND stream <= ? ORDER BY stream, revision LIMIT ${PAGE}`,
  );
  rows.setReturnArrays(true);
  return function* pages(first: number, last: number): Generator<Page | null> {
    const named = new Map(names.all(first, last).map(({ id, name }) => [integerColumn(id), textColumn(name)]));
    let [stream, revision] = [first, -1];
    for (;;) {
      const page = rows.all(stream, revision, last).map((row: Record<number, unknown>) => ({
        id: Number(row[0]),
        position: Number(row[1]),
        stream: named.get(Number(row[0])) ?? '',
        revision: Number(row[2]),
        body: typeof row[3] === 'string' ? row[3] : '',
      }));
      const end = page.at(-1);
      if (end === undefined) return;
      const decoded = decodeStored(page);
      yield E.isLeft(decoded) || page.some((row) => row.stream === '') ? null : { events: decoded.right, rows: page };
      [stream, revision] = [end.id, end.revision];
    }
  };
};

/**
 * Verifies streams, one after the other, as long as there are shares that nobody has taken: so one state is kept at a time,
 * whatever the size of the log. Null: something is irregular.
 */
export const verifyStreams = (
  db: DatabaseSync,
  { keyFolder, first, last, from, streams: highest, shared, levels, present }: VerifyJob,
  onEnds: (ends: ReadonlyArray<EndedStream>) => void,
): VerifiedStreams | null => {
  const keys = keysOfFolder(keyFolder);
  if (E.isLeft(keys)) throw new Error(keys.left);
  const pages = makeReader(db);
  const counters = new Int32Array(shared);
  const leaves = new Uint8Array(levels, 0, (last - first + 1) * LEAF_BYTES);
  const isThere = new Uint8Array(present);
  const found = makeFindingList(from);
  let [events, erased, streams, latest] = [0, 0, 0, ''];

  const verifyEvent = (verifier: ReturnType<typeof makeStreamVerifier>, event: RecordedEvent, body: string): void => {
    const index = event.position - first;
    sha256Into(leafContent(leafText(event)), leaves, index * LEAF_BYTES);
    isThere[index] = 1;
    events += 1;
    latest = laterOf(latest, event.occurredAt);
    const opened = openedForJudging(sha256Hex, keys.right, event);
    if (isErased(opened.read)) erased += 1;
    found.add(verifier.add(event, opened, body));
  };

  /** One share; false: something is irregular. */
  const verifyShare = (share: number): boolean => {
    const ends: EndedStream[] = [];
    let [stream, position] = ['', 0];
    let verifier: ReturnType<typeof makeStreamVerifier> | null = null;
    const end = (): void => {
      if (verifier !== null) ends.push(verifier.end());
      verifier = null;
    };
    for (const page of pages(share * STREAMS_IN_SHARE, (share + 1) * STREAMS_IN_SHARE - 1)) {
      if (page === null) return false;
      const before = events;
      for (const [index, event] of page.events.entries()) {
        if (stream !== event.stream) {
          end();
          [stream, position] = [event.stream, 0];
        }
        if (event.position <= position || event.position < first) return false;
        position = event.position;
        if (position > last) continue;
        if (verifier === null) {
          verifier = makeStreamVerifier(sha256Hex, stream);
          streams += 1;
        }
        verifyEvent(verifier, event, page.rows[index]?.body ?? '');
      }
      Atomics.add(counters, SHARE.done, events - before);
    }
    end();
    if (ends.length > 0) onEnds(ends);
    return true;
  };

  for (;;) {
    const share = Atomics.add(counters, SHARE.next, 1);
    if (share * STREAMS_IN_SHARE > highest) return { events, erased, streams, latest, ...found.all() };
    if (!verifyShare(share)) return null;
  }
};
