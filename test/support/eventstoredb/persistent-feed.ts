import type { Source } from './catch-up.ts';
import { type Resolved, resolve } from './links.ts';
import type { Log, LogEvent } from './log.ts';
import { type GroupMessage, originalOf } from './persistent-message.ts';
import type { GroupSettings } from './persistent-settings.ts';
import type { GroupStorage } from './persistent-storage.ts';

/** What a group has read and not yet given out. Server `StreamBuffer.cs`, `PersistentSubscriptionStreamReader.cs`. */
export type Feed = {
  /** In the order of the log; whoever gives a message out takes it from here. */
  readonly buffer: Array<GroupMessage>;
  /** Reads on, as far as there is room. */
  readonly fill: () => void;
  readonly isLive: () => boolean;
  /** The last event seen that belongs to the group. */
  readonly lastSeen: () => bigint | undefined;
};

type Parts = {
  readonly log: Log;
  readonly now: () => number;
  readonly source: Source;
  readonly settings: GroupSettings;
  readonly storage: GroupStorage;
  readonly isLeaky: boolean;
  /** Messages that wait to be tried again take room too. */
  readonly retrying: () => number;
  /** So many events were left out by the filter. */
  readonly onSkipped: (cursor: bigint, count: number) => void;
};

const lastOf = (log: Log, source: Source): bigint => {
  const last = log.all().findLast(source.includes);
  return last === undefined ? -1n : source.cursorOf(last);
};

/** Without a checkpoint a group that starts at the end starts at what is then the end, also after a restart. */
const firstCursor = ({ log, settings, source, storage, isLeaky }: Parts): bigint => {
  const checkpoint = storage.checkpoint();
  if (checkpoint !== undefined) return isLeaky ? checkpoint - 1n : checkpoint;
  return settings.startFrom === 'end' ? lastOf(log, source) : settings.startFrom - 1n;
};

export const createFeed = (parts: Parts): Feed => {
  const { log, now, source, settings, storage, isLeaky, retrying, onSkipped } = parts;
  const { historyBufferSize, readBatchSize } = settings;
  const buffer: Array<GroupMessage> = [];
  // Events; a page ends at so many matches, or after so many events that were looked at.
  const pageWindow = source.filter === undefined ? readBatchSize : Math.max(readBatchSize, settings.maxCheckpointCount);
  let cursor = firstCursor(parts);
  let isLive = storage.checkpoint() === undefined && settings.startFrom === 'end';
  // As read: a filtered read from the checkpoint leaves out its first match, whether that is the checkpoint's event or not.
  let dropsFirst = isLeaky && storage.checkpoint() !== undefined;
  let lastSeen: bigint | undefined;

  const matches = (event: LogEvent): boolean => source.filter?.matches(event) ?? true;
  const add = (event: LogEvent): void => {
    const resolved: Resolved = resolve(log, now(), event, settings.resolveLinks);
    const id = originalOf(resolved)?.id ?? '';
    buffer.push({ id, resolved, cursor: source.cursorOf(event), retries: 0, replayed: false, pushed: undefined });
    lastSeen = source.cursorOf(event);
  };
  const takeLive = (): void => {
    for (let page = source.after(cursor, 64); page.length > 0; page = source.after(cursor, 64)) {
      for (const event of page) {
        const isOurs = matches(event);
        if (isOurs && buffer.length >= historyBufferSize) {
          isLive = false;
          return;
        }
        cursor = source.cursorOf(event);
        if (isOurs) add(event);
        else onSkipped(cursor, 1);
      }
    }
  };
  const readPage = (): void => {
    const found: Array<LogEvent> = [];
    const page = source.after(cursor, pageWindow);
    for (const event of page) {
      if (found.length >= readBatchSize) break;
      cursor = source.cursorOf(event);
      if (matches(event)) found.push(event);
    }
    const [first] = page;
    if (first === undefined) isLive = true;
    else if (found.length === 0) onSkipped(source.cursorOf(first), page.length);
    for (const event of dropsFirst ? found.slice(1) : found) add(event);
    dropsFirst = false;
  };

  return {
    buffer,
    fill: () => {
      if (isLive) takeLive();
      while (!isLive && historyBufferSize - buffer.length - retrying() > readBatchSize) readPage();
    },
    isLive: () => isLive,
    lastSeen: () => lastSeen,
  };
};
