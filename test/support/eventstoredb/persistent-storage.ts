import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';
import { LINK_TYPE, linkData, type Resolved, resolve } from './links.ts';
import type { LogEvent } from './log.ts';
import { isSoftDeleted, lastRevision, visibleEvents } from './stream-state.ts';

/** What of a group outlives a restart: its checkpoint and its parked messages, both in system streams of the log. */
export type GroupStorage = {
  readonly checkpoint: () => bigint | undefined;
  readonly saveCheckpoint: (cursor: bigint) => void;
  readonly park: (resolved: Resolved, reason: string) => void;
  /** As the server counts them: what was parked before this leader led counts only if there is a checkpoint. */
  readonly parkedCount: () => bigint;
  /** The link with its event, as replayed messages are given out. */
  readonly resolveParked: (link: LogEvent) => Resolved;
  /** Parked messages before this revision of the parked stream (all, when undefined), which are cut off there. */
  readonly takeParked: (stopAt: bigint | undefined) => ReadonlyArray<LogEvent>;
  readonly remove: () => void;
};

const CHECKPOINT_TYPE = '$SubscriptionCheckpoint';

/** Server `PersistentSubscriptionMessageParker.cs` and `PersistentSubscriptionCheckpointWriter.cs`. */
export const createStorage = (database: Database, stream: string, group: string): GroupStorage => {
  const { log, now, append } = database;
  const base = `$persistentsubscription-${stream}::${group}`;
  const checkpoints = `${base}-checkpoint`;
  const parkedStream = `${base}-parked`;
  const write = (target: string, type: string, data: string, metadata: string): void =>
    void append(target, 'any', [
      {
        id: randomUUID(),
        type,
        contentType: type === LINK_TYPE ? 'application/octet-stream' : 'application/json',
        data: Buffer.from(data),
        metadata: Buffer.from(metadata),
      },
    ]);
  const parked = (): ReadonlyArray<LogEvent> => visibleEvents(log, parkedStream, now());
  const markReplayed = (before: bigint): void =>
    void append(`$$${parkedStream}`, 'any', [
      {
        id: randomUUID(),
        type: '$metadata',
        contentType: 'application/json',
        data: Buffer.from(`{"$tb":${before}}`),
        metadata: new Uint8Array(),
      },
    ]);
  const checkpoint = (): bigint | undefined => {
    const last = isSoftDeleted(log, checkpoints) ? undefined : log.stream(checkpoints).at(-1);
    if (last === undefined) return undefined;
    const [, commit] = /^"?(?:C:)?(\d+)/.exec(Buffer.from(last.data).toString('utf8')) ?? [];
    return commit === undefined ? undefined : BigInt(commit);
  };
  // The server's own two numbers, -1 for "none". They are loaded only together with a checkpoint.
  const loaded = checkpoint() === undefined ? [] : parked();
  let truncatedBefore = loaded.at(0)?.revision ?? -1n;
  let lastParked = loaded.at(-1)?.revision ?? -1n;
  return {
    checkpoint,
    saveCheckpoint: (cursor) =>
      write(checkpoints, CHECKPOINT_TYPE, stream === '$all' ? `"C:${cursor}/P:${cursor}"` : String(cursor), ''),
    park: ({ event, link }, reason) => {
      const data = event === undefined ? Buffer.from(link?.data ?? []).toString('utf8') : linkData(event);
      const added = Temporal.Instant.fromEpochMilliseconds(now()).toString();
      const subscriptionEventNumber = Number((link ?? event)?.revision ?? 0n);
      write(parkedStream, LINK_TYPE, data, JSON.stringify({ added, reason, subscriptionEventNumber }, undefined, 2));
      lastParked = lastRevision(log, parkedStream) ?? -1n;
    },
    parkedCount: () => {
      if (lastParked === -1n) return 0n;
      return truncatedBefore === -1n ? lastParked + 1n : lastParked - truncatedBefore + 1n;
    },
    resolveParked: (link) => resolve(log, now(), link, true),
    takeParked: (stopAt) => {
      const links = parked();
      const end = (lastRevision(log, parkedStream) ?? -1n) + 1n;
      const stop = stopAt === undefined || stopAt > end ? end : stopAt;
      if (end === 0n || isSoftDeleted(log, parkedStream)) return [];
      markReplayed(stop);
      truncatedBefore = stop;
      return links.filter(({ revision }) => revision < stop);
    },
    remove: () => {
      for (const target of [checkpoints, parkedStream]) database.remove(target, 'any', 'soft');
    },
  };
};
