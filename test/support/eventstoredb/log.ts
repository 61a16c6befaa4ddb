import { randomUUID } from 'node:crypto';
import { seededRandom } from './seeded-random.ts';

/** What a client proposes. `id` is a lower-case UUID. */
export type ProposedEvent = {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

/** What the log holds. `position` is commit and prepare position alike, as for every event written outside an explicit transaction. */
export type LogEvent = ProposedEvent & {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  /** Epoch milliseconds. */
  readonly createdAt: number;
};

/** `$all` leaves out what groups on `$all` write of themselves. Server `EventFilter.DefaultAllFilterStrategy`. */
export const isHiddenInAll = (stream: string): boolean =>
  stream.startsWith('$persistentsubscription-$all::') && (stream.endsWith('-checkpoint') || stream.endsWith('-parked'));

export type Log = {
  /** One commit: the events get consecutive revisions from `firstRevision` and rising positions with gaps. */
  readonly write: (
    stream: string,
    firstRevision: bigint,
    events: ReadonlyArray<ProposedEvent>,
  ) => ReadonlyArray<LogEvent>;
  readonly stream: (name: string) => ReadonlyArray<LogEvent>;
  /** What `$all` shows. */
  readonly all: () => ReadonlyArray<LogEvent>;
  /** The index in `all` of the first event after a position (or at it, with `inclusive`). */
  readonly indexAfter: (position: bigint, inclusive?: boolean) => number;
  /** What whoever can write the server's files does to it, behind the server's back. No listener hears of it. */
  readonly rewrite: (change: (events: ReadonlyArray<LogEvent>) => ReadonlyArray<LogEvent>) => void;
  /** Called after each commit, with what it wrote. Returns the way to stop. */
  readonly onCommit: (listener: (events: ReadonlyArray<LogEvent>) => void) => () => void;
};

/** Bytes that a record takes beside its content; any number does, as positions are offsets into a file. */
const RECORD_OVERHEAD = 87;

const sizeOf = (stream: string, event: ProposedEvent): number =>
  RECORD_OVERHEAD + stream.length + event.type.length * 2 + event.data.length + event.metadata.length;

const firstAt = (events: ReadonlyArray<LogEvent>, isBefore: (event: LogEvent) => boolean): number => {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const event = events[middle];
    if (event !== undefined && isBefore(event)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** An empty database has system events already, so that the first event of a user is not at position 0. */
const firstWords: ReadonlyArray<readonly [string, string]> = [
  ['$user-admin', '$UserCreated'],
  ['$user-ops', '$UserCreated'],
  ['$users', '$User'],
];

export const createLog = (seed: number, now: () => number): Log => {
  const random = seededRandom(seed);
  const all: Array<LogEvent> = [];
  const streams = new Map<string, Array<LogEvent>>();
  const listeners = new Set<(events: ReadonlyArray<LogEvent>) => void>();
  let offset = 0n;
  const log: Log = {
    write: (stream, firstRevision, events) => {
      const createdAt = now();
      const written = events.map((event, index): LogEvent => {
        offset += BigInt(Math.floor(random() * 512));
        const position = offset;
        offset += BigInt(sizeOf(stream, event));
        return { ...event, position, stream, revision: firstRevision + BigInt(index), createdAt };
      });
      if (!isHiddenInAll(stream)) all.push(...written);
      const known = streams.get(stream) ?? [];
      known.push(...written);
      streams.set(stream, known);
      for (const listener of listeners) listener(written);
      return written;
    },
    stream: (name) => streams.get(name) ?? [],
    all: () => all,
    indexAfter: (position, inclusive = false) =>
      firstAt(all, (event) => (inclusive ? event.position < position : event.position <= position)),
    rewrite: (change) => {
      const events = change([...streams.values()].flat().toSorted((a, b) => Number(a.position - b.position)));
      all.splice(0, all.length, ...events.filter(({ stream }) => !isHiddenInAll(stream)));
      streams.clear();
      for (const event of events) {
        const known = streams.get(event.stream);
        if (known === undefined) streams.set(event.stream, [event]);
        else known.push(event);
      }
    },
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const nothing = new Uint8Array();
  for (const [stream, type] of firstWords) {
    log.write(stream, 0n, [
      { id: randomUUID(), type, contentType: 'application/json', data: Buffer.from('{}'), metadata: nothing },
    ]);
  }
  return log;
};
