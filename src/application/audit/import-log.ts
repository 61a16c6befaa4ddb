import * as E from 'fp-ts/lib/Either.js';
import type { Envelope, RecordedEvent } from '../../domain/log/envelope.ts';
import { chainedHash, GENESIS_HASH, type Sha256 } from '../../domain/log/hash-chain.ts';
import { type Append, type EventStore, MAX_APPEND_BYTES, type StoreError } from '../ports/event-store.ts';
import { parseExportLine } from './export-line.ts';
import { auditPages } from './read-for-audit.ts';

/** `line`: counted from 1. `NotEmpty`: the log has events, and they are not the first ones of the export. */
export type ImportError =
  | { readonly type: 'BadLine'; readonly line: number; readonly reason: string }
  | { readonly type: 'NotEmpty' }
  | StoreError;

/**
 * `alreadyThere`: events that an earlier, interrupted import has left. `outOfOrder`: the first event, counted from 1, that
 * stood before the one ahead of it in the log that was exported, so that the head is another one: bookings were chosen, or
 * somebody has moved lines. Null: there is none.
 */
export type ImportReport = {
  readonly events: number;
  readonly streams: number;
  readonly alreadyThere: number;
  readonly outOfOrder: number | null;
};

type Read = E.Either<Extract<ImportError, { readonly type: 'BadLine' }>, RecordedEvent>;

/** Each line as the event that it has to be: the next of its stream, with the hash that its content and its past make. */
async function* chainedEvents(lines: AsyncIterable<string>, sha256: Sha256): AsyncGenerator<Read> {
  const hashOf = chainedHash(sha256);
  const ends = new Map<string, { readonly revision: number; readonly hash: string }>();
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text === '') continue;
    const bad = (reason: string): Read => E.left({ type: 'BadLine', line, reason });
    const event = parseExportLine(text);
    if (E.isLeft(event)) {
      yield bad(event.left);
      return;
    }
    const { stream, revision, hash } = event.right;
    const before = ends.get(stream) ?? { revision: -1, hash: GENESIS_HASH };
    if (revision !== before.revision + 1) {
      yield bad(`revision ${before.revision + 1} of its stream should stand here`);
      return;
    }
    if (hashOf(before.hash, event.right) !== hash) {
      yield bad('its hash is not the one that its content and the events before it make');
      return;
    }
    ends.set(stream, { revision, hash });
    yield event;
  }
}

const envelopeOf = ({ position: _, stream: _stream, revision: _revision, ...event }: RecordedEvent): Envelope => event;

/** Events that are written with one call, and bytes of them. */
const BATCH = 500;

/** Consecutive events of a stream as one append, so that the order between streams stays as it was. */
const appendsOf = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<Append> => {
  const runs: Array<{ readonly first: RecordedEvent; readonly events: Envelope[]; bytes: number }> = [];
  for (const event of events) {
    const bytes = Buffer.byteLength(JSON.stringify(event));
    const run = runs.at(-1);
    if (run !== undefined && run.first.stream === event.stream && run.bytes + bytes <= MAX_APPEND_BYTES) {
      run.events.push(envelopeOf(event));
      run.bytes += bytes;
    } else runs.push({ first: event, events: [envelopeOf(event)], bytes });
  }
  return runs.map(({ first: { stream, revision }, events: own }) => ({
    stream,
    expected: revision === 0 ? 'no-stream' : revision - 1,
    events: own,
  }));
};

type Target = Pick<EventStore, 'readAll' | 'head' | 'appendInOrder'>;

/** What the log has, event by event. */
async function* eventsOf(log: Target): AsyncGenerator<E.Either<StoreError, RecordedEvent>> {
  const head = await log.head()();
  if (E.isLeft(head)) {
    yield head;
    return;
  }
  for await (const page of auditPages(log, { after: 0, upTo: head.right })) {
    if (E.isLeft(page)) yield page;
    else for (const event of page.right) yield E.right(event);
  }
}

/** Checks the whole export before anything is written, and that what the log has is its beginning. */
const checked = async (
  lines: AsyncIterable<string>,
  log: Target,
  sha256: Sha256,
): Promise<E.Either<ImportError, ImportReport>> => {
  const present = eventsOf(log);
  let known = await present.next();
  let [events, alreadyThere, position] = [0, 0, 0];
  let outOfOrder: number | null = null;
  const streams = new Set<string>();
  for await (const event of chainedEvents(lines, sha256)) {
    if (E.isLeft(event)) return event;
    events += 1;
    streams.add(event.right.stream);
    if (event.right.position < position) outOfOrder ??= events;
    position = event.right.position;
    if (known.done === true) continue;
    if (E.isLeft(known.value)) return known.value;
    const { stream, revision, hash } = known.value.right;
    if (stream !== event.right.stream || revision !== event.right.revision || hash !== event.right.hash)
      return E.left({ type: 'NotEmpty' });
    alreadyThere += 1;
    known = await present.next();
  }
  if (known.done !== true) return E.isLeft(known.value) ? known.value : E.left({ type: 'NotEmpty' });
  return E.right({ events, streams: streams.size, alreadyThere, outOfOrder });
};

/**
 * Writes an export into an empty log: the same ids, hashes and order, so that the log has the same head. The whole export is
 * checked first, so nothing of a damaged one is written. `open` gives its lines anew each time. An import that was
 * interrupted goes on when it is made again.
 */
export const importLog = async (
  open: () => AsyncIterable<string>,
  log: Target,
  sha256: Sha256,
  onProgress: (done: number, total: number) => void,
): Promise<E.Either<ImportError, ImportReport>> => {
  const report = await checked(open(), log, sha256);
  if (E.isLeft(report)) return report;
  const { events: total, alreadyThere } = report.right;
  let [waiting, done]: [RecordedEvent[], number] = [[], 0];
  const write = async (): Promise<E.Either<StoreError, void>> => {
    const appended = await log.appendInOrder(appendsOf(waiting))();
    waiting = [];
    onProgress(done, total);
    return E.isLeft(appended) ? appended : E.right(undefined);
  };
  for await (const event of chainedEvents(open(), sha256)) {
    if (E.isLeft(event)) return event;
    done += 1;
    if (done <= alreadyThere) continue;
    waiting.push(event.right);
    if (waiting.length < BATCH) continue;
    const written = await write();
    if (E.isLeft(written)) return written;
  }
  const written = waiting.length === 0 ? E.right(undefined) : await write();
  return E.isLeft(written) ? written : report;
};
