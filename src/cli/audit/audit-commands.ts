import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { createHash } from 'node:crypto';
import { sha256Hex } from '../../adapters/hashing/sha256.ts';
import type { EventStore, StoreError } from '../../application/ports/event-store.ts';
import {
  decodeBookingEvent,
  decodeCalendarEvent,
  decodeScheduleEvent,
  type Undecodable,
} from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { GENESIS_HASH, chainedHash } from '../../domain/log/hash-chain.ts';
import { isObject } from '../../domain/unknown.ts';
import { withLog } from '../local/installation-commands.ts';
import { type CliContext, type ExitCode, exitCode, startProgress } from '../terminal.ts';

/** Where a stream's chain ends so far. */
export type ChainEnd = { readonly revision: number; readonly hash: string };

/** `erased`: its personal data is gone, which the chain survives (I12). */
export type Checked = 'whole' | 'erased';

const hashOf = chainedHash(sha256Hex);

const isErased = ({ data: { personal } }: RecordedEvent): boolean => isObject(personal) && 'erased' in personal;

const decoderOf = (stream: string): ((event: RecordedEvent) => E.Either<Undecodable, unknown>) | undefined => {
  if (stream.startsWith('booking-')) return decodeBookingEvent;
  if (stream.startsWith('schedule-')) return decodeScheduleEvent;
  if (stream.startsWith('calendar-')) return decodeCalendarEvent;
  return undefined;
};

/** Checks one event against the end of its stream; left says what is wrong. No value is repeated: it may be personal. */
const checkEvent = (end: ChainEnd | undefined, event: RecordedEvent): E.Either<string, Checked> => {
  const expected = end === undefined ? 0 : end.revision + 1;
  if (event.revision !== expected) return E.left(`revision ${expected} is missing before it`);
  if (hashOf(end?.hash ?? GENESIS_HASH, event) !== event.hash)
    return E.left('its hash is not the one that its content and the events before it make: one of them was changed');
  const decode = decoderOf(event.stream);
  if (decode === undefined) return E.left('its stream is neither of a booking, a schedule nor a calendar');
  if (isErased(event)) return E.right('erased');
  const decoded = decode(event);
  return E.isLeft(decoded) ? E.left(`it cannot be understood: ${decoded.left.reason}`) : E.right('whole');
};

/** The first event that is not what the log says it was. Of an event that cannot even be parsed, `reason` names the place. */
export type Break =
  | {
      readonly type: 'broken';
      readonly stream: string;
      readonly revision: number;
      readonly position: number;
      readonly reason: string;
    }
  | { readonly type: 'unreadable'; readonly reason: string };

/**
 * What was checked, up to the first break. `position`: of the last event that is right. `digest`: SHA-256 over the ends of
 * all chains: two logs with the same digest have the same streams, to the last event of each.
 */
export type AuditReport = {
  readonly events: number;
  readonly streams: number;
  readonly erased: number;
  readonly position: number;
  readonly digest: string;
  readonly firstBreak: Break | null;
};

type Log = Pick<EventStore, 'readAll' | 'head'>;
type Page = E.Either<StoreError, ReadonlyArray<RecordedEvent>>;

/** In the order in which the streams began: line by line stream, revision and hash of its last event. */
const digestOf = (ends: ReadonlyMap<string, ChainEnd>): string => {
  const digest = createHash('sha256');
  for (const [stream, { revision, hash }] of ends) digest.update(`${stream} ${revision} ${hash}\n`);
  return digest.digest('hex');
};

/** Events in a page. */
const PAGE = 1000;

/** A page with an event that cannot be parsed is read again one by one, so that what lies before it is checked too. */
const readPage = async (log: Log, after: number): Promise<Page> => {
  const page = await log.readAll(after, PAGE)();
  return E.isLeft(page) && page.left.type === 'Corrupt' ? log.readAll(after, 1)() : page;
};

/**
 * Walks the whole log as it is now, in pages: every event is understood by its codec, follows its stream without a
 * gap, and has the hash that its content and its stream's past make. What it keeps in memory is the last hash of each
 * stream. Left only where the log cannot be read at all; a break is a finding, not an error.
 */
export const auditLog = async (
  log: Log,
  onProgress: (position: number, head: number) => void,
): Promise<E.Either<StoreError, AuditReport>> => {
  const head = await log.head()();
  if (E.isLeft(head)) return head;
  const ends = new Map<string, ChainEnd>();
  let [events, erased, position] = [0, 0, 0];
  const report = (firstBreak: Break | null): E.Either<StoreError, AuditReport> =>
    E.right({ events, streams: ends.size, erased, position, digest: digestOf(ends), firstBreak });

  while (position < head.right) {
    const page = await readPage(log, position);
    if (E.isLeft(page)) {
      const { left } = page;
      return left.type === 'Corrupt' ? report({ type: 'unreadable', reason: left.reason }) : E.left(left);
    }
    if (page.right.length === 0) break;
    for (const event of page.right) {
      const checked = checkEvent(ends.get(event.stream), event);
      if (E.isLeft(checked)) {
        const { stream, revision, position: at } = event;
        return report({ type: 'broken', stream, revision, position: at, reason: checked.left });
      }
      ends.set(event.stream, { revision: event.revision, hash: event.hash });
      events += 1;
      erased += checked.right === 'erased' ? 1 : 0;
      position = event.position;
    }
    onProgress(position, head.right);
  }
  return report(null);
};

const describeBreak = (found: Break): string =>
  found.type === 'unreadable'
    ? found.reason
    : `${found.stream}, revision ${found.revision}, position ${found.position}: ${found.reason}`;

const summary = ({ events, streams, erased, position, digest }: AuditReport): ReadonlyArray<string> => [
  `${events} events in ${streams} streams, up to position ${position}: every one is understood, and every chain holds`,
  ...(erased > 0 ? [`${erased} of them had their personal data erased, which the chains prove`] : []),
  `digest ${digest}`,
  'Keep the digest: a log cut off at its end is still whole, and only another digest tells.',
];

const audit = ({ env, terminal }: CliContext): Promise<E.Either<string, AuditReport>> =>
  withLog(env, async (log) => {
    const progress = await startProgress(terminal, 'verifying');
    const report = await auditLog(log, progress.at);
    progress.end();
    return pipe(
      report,
      E.mapLeft((error) => `the log cannot be read: ${JSON.stringify(error)}`),
    );
  });

/** Reads only, also beside a running server: up to the event that was last when it began. */
export const verifyLog = async (context: CliContext, options: { readonly json?: true }): Promise<ExitCode> => {
  const { terminal } = context;
  const report = await audit(context);
  if (E.isLeft(report)) {
    terminal.err(`holdfast: ${report.left}`);
    return exitCode.failed;
  }
  const { firstBreak } = report.right;
  if (options.json) terminal.out(JSON.stringify(report.right, null, 2));
  else if (firstBreak === null) for (const line of summary(report.right)) terminal.out(line);
  if (firstBreak === null) return exitCode.fine;
  terminal.err(`BROKEN after ${report.right.events} good events: ${describeBreak(firstBreak)}`);
  return exitCode.failed;
};
