import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';
import { LINK_TYPE, linkData, type Resolved, resolve } from './links.ts';
import type { LogEvent } from './log.ts';
import { isSoftDeleted, visibleEvents } from './stream-state.ts';

/** What of a group outlives a restart: its checkpoint and its parked messages, both in system streams of the log. */
export type GroupStorage = {
  readonly checkpoint: () => bigint | undefined;
  readonly saveCheckpoint: (cursor: bigint) => void;
  readonly park: (resolved: Resolved, reason: string) => void;
  readonly parked: () => ReadonlyArray<LogEvent>;
  /** The link with its event, as replayed messages are given out. */
  readonly resolveParked: (link: LogEvent) => Resolved;
  /** Parked messages before this revision of the parked stream have been put back. */
  readonly markReplayed: (before: bigint) => void;
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
  return {
    checkpoint: () => {
      const last = isSoftDeleted(log, checkpoints) ? undefined : log.stream(checkpoints).at(-1);
      if (last === undefined) return undefined;
      const [, commit] = /^"?(?:C:)?(\d+)/.exec(Buffer.from(last.data).toString('utf8')) ?? [];
      return commit === undefined ? undefined : BigInt(commit);
    },
    saveCheckpoint: (cursor) =>
      write(checkpoints, CHECKPOINT_TYPE, stream === '$all' ? `"C:${cursor}/P:${cursor}"` : String(cursor), ''),
    park: ({ event, link }, reason) => {
      const data = event === undefined ? Buffer.from(link?.data ?? []).toString('utf8') : linkData(event);
      const added = Temporal.Instant.fromEpochMilliseconds(now()).toString();
      write(parkedStream, LINK_TYPE, data, JSON.stringify({ added, reason }));
    },
    parked: () => visibleEvents(log, parkedStream, now()),
    resolveParked: (link) => resolve(log, now(), link, true),
    markReplayed: (before) =>
      void append(`$$${parkedStream}`, 'any', [
        {
          id: randomUUID(),
          type: '$metadata',
          contentType: 'application/json',
          data: Buffer.from(`{"$tb":${before}}`),
          metadata: new Uint8Array(),
        },
      ]),
    remove: () => {
      for (const target of [checkpoints, parkedStream]) database.remove(target, 'any', 'soft');
    },
  };
};
