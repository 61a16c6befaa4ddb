import { randomUUID } from 'node:crypto';
import { type Decision, decideAppend, type Expectation } from './append-rules.ts';
import { createLog, type Log, type LogEvent, type ProposedEvent } from './log.ts';
import { lastRevision, metastreamOf, rawMetadata, SOFT_DELETED, TOMBSTONE_TYPE } from './stream-state.ts';
import { createWeakCache, type WeakCache } from './weak-cache.ts';

export type AppendOutcome =
  | { readonly kind: 'written'; readonly revision: bigint | undefined; readonly position: bigint | undefined }
  | Exclude<Decision, { readonly kind: 'write' | 'already-written' }>;

/** What all nodes of a stand-in share: the log, and what its leader remembers. */
export type Database = {
  readonly log: Log;
  readonly now: () => number;
  readonly append: (stream: string, expected: Expectation, events: ReadonlyArray<ProposedEvent>) => AppendOutcome;
  readonly remove: (stream: string, expected: Expectation, kind: 'soft' | 'tombstone') => AppendOutcome;
  /** The memory of ids is gone, as after a restart or under a new leader. */
  readonly forgetIds: () => void;
};

const nothing = new Uint8Array();

const jsonEvent = (type: string, json: string): ProposedEvent => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(json),
  metadata: nothing,
});

/** JSON has no int64 in JavaScript, so the number is put in as text. */
const metadataJson = (raw: Readonly<Record<string, unknown>>, truncateBefore: bigint): string => {
  const { $tb: _, ...others } = raw;
  const members = Object.entries(others).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{${[...members, `"$tb":${truncateBefore}`].join(',')}}`;
};

const setTruncation = (log: Log, stream: string, truncateBefore: bigint): ReadonlyArray<LogEvent> => {
  const metastream = metastreamOf(stream);
  const json = metadataJson(rawMetadata(log, stream), truncateBefore);
  return log.write(metastream, (lastRevision(log, metastream) ?? -1n) + 1n, [jsonEvent('$metadata', json)]);
};

const outcomeOf = (written: ReadonlyArray<LogEvent>, revision: bigint | undefined): AppendOutcome => ({
  kind: 'written',
  revision,
  position: written.at(-1)?.position,
});

/** Writes after a decision. An append of nothing succeeds and writes nothing. */
const writeEvents = (
  log: Log,
  cache: WeakCache,
  stream: string,
  firstRevision: bigint,
  events: ReadonlyArray<ProposedEvent>,
) => {
  if (events.length === 0) return outcomeOf([], firstRevision === 0n ? undefined : firstRevision - 1n);
  const written = log.write(stream, firstRevision, events);
  for (const { id, revision } of written) cache.remember(stream, id, revision);
  return outcomeOf(written, written.at(-1)?.revision);
};

export const createDatabase = (seed: number, now: () => number): Database => {
  const log = createLog(seed, now);
  const cache = createWeakCache();
  return {
    log,
    now,
    append: (stream, expected, events) => {
      const decision = decideAppend(log, cache, { stream, expected, ids: events.map(({ id }) => id) });
      if (decision.kind === 'already-written') {
        const last = log.stream(stream).find(({ revision }) => revision === decision.lastRevision);
        return outcomeOf(last === undefined ? [] : [last], decision.lastRevision);
      }
      if (decision.kind !== 'write') return decision;
      // Reviving truncates before the first new event, in the same commit: nobody sees the old ones in between.
      if (decision.revive && events.length > 0) setTruncation(log, stream, decision.firstRevision);
      return writeEvents(log, cache, stream, decision.firstRevision, events);
    },
    remove: (stream, expected, kind) => {
      const decision = decideAppend(log, cache, { stream, expected, ids: [randomUUID()] });
      if (decision.kind !== 'write') return decision.kind === 'already-written' ? { kind: 'deleted' } : decision;
      if (kind === 'soft') return outcomeOf(setTruncation(log, stream, SOFT_DELETED), undefined);
      return outcomeOf(log.write(stream, SOFT_DELETED, [jsonEvent(TOMBSTONE_TYPE, '{}')]), undefined);
    },
    forgetIds: () => cache.clear(),
  };
};
