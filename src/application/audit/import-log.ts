import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { describeErrors } from '../../domain/log/decode.ts';
import {
  type Envelope,
  instantCodec,
  isTooDeep,
  type Json,
  orNull,
  type RecordedEvent,
} from '../../domain/log/envelope.ts';
import { chainedHash, GENESIS_HASH, type Sha256 } from '../../domain/log/hash-chain.ts';
import { isObject, messageOf } from '../../domain/unknown.ts';
import { type Append, type EventStore, MAX_APPEND_BYTES, type StoreError } from '../ports/event-store.ts';
import { auditPages } from './read-for-audit.ts';

/** One event as a line of an export: what the log has of it, and where it stood. */
export const exportLine = ({ position, stream, revision, ...event }: RecordedEvent): string =>
  JSON.stringify({ position, stream, revision, ...event });

const jsonObject = new t.Type<{ readonly [key: string]: Json }, unknown, unknown>(
  'an object',
  (u): u is { readonly [key: string]: Json } => isObject(u),
  (u, context) => (isObject(u) ? t.success(u as { readonly [key: string]: Json }) : t.failure(u, context)),
  t.identity,
);

const natural = new t.Type<number, number, unknown>(
  'a whole number',
  (u): u is number => Number.isSafeInteger(u) && Number(u) >= 0,
  (u, context) => (typeof u === 'number' && Number.isSafeInteger(u) && u >= 0 ? t.success(u) : t.failure(u, context)),
  t.identity,
);

/** Streams of a log: others are the installation's own, or nobody's. */
const streamName = new t.Type<string, string, unknown>(
  'the name of a stream',
  (u): u is string => typeof u === 'string',
  (u, context) =>
    typeof u === 'string' && /^(booking|schedule|calendar)-[^\s]{1,200}$/u.test(u)
      ? t.success(u)
      : t.failure(u, context),
  t.identity,
);

const kinds = { guest: null, host: null, operator: null, system: null };
const lineCodec = t.type({
  position: natural,
  stream: streamName,
  revision: natural,
  id: t.string,
  type: t.string,
  version: natural,
  data: jsonObject,
  occurredAt: instantCodec,
  actor: t.intersection([t.type({ kind: t.keyof(kinds) }), t.partial({ id: t.string })]),
  correlationId: t.string,
  causationId: orNull(t.string),
  hash: t.string,
});

/** Reads one line of an export. Left: what is wrong with it, without its values. */
export const parseExportLine = (line: string): E.Either<string, RecordedEvent> => {
  const parsed = E.tryCatch((): unknown => JSON.parse(line), messageOf);
  if (E.isLeft(parsed)) return E.left('it is not JSON');
  if (isTooDeep(parsed.right)) return E.left('it is nested too deeply');
  const decoded = lineCodec.decode(parsed.right);
  return E.isLeft(decoded) ? E.left(describeErrors(decoded.left)) : E.right(decoded.right);
};

/** `line`: counted from 1. `NotEmpty`: the log has events, and they are not the first ones of the export. */
export type ImportError =
  | { readonly type: 'BadLine'; readonly line: number; readonly reason: string }
  | { readonly type: 'NotEmpty' }
  | StoreError;

/** `alreadyThere`: events that an earlier, interrupted import has left. */
export type ImportReport = { readonly events: number; readonly streams: number; readonly alreadyThere: number };

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
  let [events, alreadyThere] = [0, 0];
  const streams = new Set<string>();
  for await (const event of chainedEvents(lines, sha256)) {
    if (E.isLeft(event)) return event;
    events += 1;
    streams.add(event.right.stream);
    if (known.done === true) continue;
    if (E.isLeft(known.value)) return known.value;
    const { stream, revision, hash } = known.value.right;
    if (stream !== event.right.stream || revision !== event.right.revision || hash !== event.right.hash)
      return E.left({ type: 'NotEmpty' });
    alreadyThere += 1;
    known = await present.next();
  }
  if (known.done !== true) return E.isLeft(known.value) ? known.value : E.left({ type: 'NotEmpty' });
  return E.right({ events, streams: streams.size, alreadyThere });
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
