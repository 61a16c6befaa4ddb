import type { Source } from './catch-up.ts';
import type { Log } from './log.ts';
import { createCheckpointing } from './persistent-checkpoint.ts';
import { createFeed } from './persistent-feed.ts';
import { type Consumer, type GroupMessage, insertRetry, originalOf, sourceStreamOf } from './persistent-message.ts';
import type { GroupSettings } from './persistent-settings.ts';
import type { GroupStorage } from './persistent-storage.ts';
import { createStrategy } from './persistent-strategies.ts';

export type NackAction = 'retry' | 'park' | 'skip';

export type GroupCounts = {
  /** Read and not given out. */
  readonly buffered: number;
  /** Arrived while the group was live, up to the size of the live buffer; never taken off while it stays live. */
  readonly arrived: number;
  readonly retrying: number;
  readonly outstanding: number;
  /** Messages pushed since the group began. */
  readonly total: number;
};

/** One consumer group while its leader lives. Server `PersistentSubscription.cs`. */
export type Group = {
  readonly join: (consumer: Consumer) => void;
  /** The consumer is gone: what it had not confirmed is tried again at once. It counts as an attempt, but never parks. */
  readonly leave: (consumer: Consumer) => void;
  readonly ack: (ids: ReadonlyArray<string>) => void;
  readonly nack: (ids: ReadonlyArray<string>, action: NackAction, reason: string) => void;
  /** Looks at message timeouts and at the clock of the checkpoint. */
  readonly tick: () => void;
  /** Puts parked messages before this revision of the parked stream ahead of everything new. */
  readonly replay: (stopAt: bigint | undefined) => void;
  readonly consumers: () => ReadonlyArray<Consumer>;
  readonly counts: () => GroupCounts;
  readonly isLive: () => boolean;
  readonly lastSeen: () => bigint | undefined;
  /** Ends it: consumers are dropped, what was only in memory is gone. */
  readonly end: () => void;
};

export type GroupParts = {
  readonly log: Log;
  readonly now: () => number;
  readonly source: Source;
  readonly settings: GroupSettings;
  readonly storage: GroupStorage;
  readonly isLeaky: boolean;
};

export const createGroup = (parts: GroupParts): Group => {
  const { log, now, source, settings, storage } = parts;
  const strategy = createStrategy<Consumer>(settings.strategy);
  const checkpointing = createCheckpointing(parts);
  const retries: Array<GroupMessage> = [];
  const outstanding = new Map<string, { readonly message: GroupMessage; readonly dueAt: number }>();
  let consumers: ReadonlyArray<Consumer> = [];
  let total = 0;
  let arrived = 0;
  // What its consumers still send after its end, or a commit just before it, must not write a checkpoint beside its successor.
  let ended = false;

  const mark = (isTimeCheck: boolean): void => {
    const unfinished = () => [...[...outstanding.values()].map(({ message }) => message), ...retries];
    checkpointing.mark(unfinished, feed.buffer[0], isTimeCheck);
  };
  const feed = createFeed({
    ...parts,
    retrying: () => retries.length,
    onSkipped: (cursor, count) => {
      checkpointing.skipped(cursor, count);
      mark(false);
    },
  });
  const give = (message: GroupMessage, consumer: Consumer): void => {
    const pushed = checkpointing.numbered(message);
    consumer.push(pushed);
    checkpointing.pushed(pushed);
    total += 1;
    // A second message with an id that is in flight is given out, but nobody waits for its ack.
    if (!outstanding.has(pushed.id))
      outstanding.set(pushed.id, { message: pushed, dueAt: now() + settings.messageTimeoutMs });
  };
  const pushFrom = (list: Array<GroupMessage>): boolean => {
    for (const message of [...list]) {
      const chosen = strategy.choose(sourceStreamOf(message.resolved));
      if (chosen === 'full') return false;
      if (chosen === 'skip') continue;
      list.splice(list.indexOf(message), 1);
      give(message, chosen);
    }
    return true;
  };
  const push = (): void => {
    if (ended) return;
    feed.fill();
    if (consumers.length > 0 && pushFrom(retries)) pushFrom(feed.buffer);
  };
  const release = (id: string): void => {
    outstanding.delete(id);
    for (const consumer of consumers) consumer.confirm(id);
  };
  const retry = (message: GroupMessage): void => {
    release(message.id);
    insertRetry(retries, { ...message, retries: message.retries + 1 });
  };
  const retryOrPark = (message: GroupMessage): void => {
    if (message.retries < settings.maxRetryCount) return retry(message);
    release(message.id);
    storage.park(message.resolved, `Reached retry count of ${settings.maxRetryCount}`);
  };
  const stopFollowing = log.onCommit((events) => {
    const ours = events.filter((event) => source.includes(event) && (source.filter?.matches(event) ?? true));
    arrived = Math.min(settings.liveBufferSize, arrived + ours.length);
    queueMicrotask(push);
  });
  push();

  return {
    join: (consumer) => {
      consumers = [...consumers, consumer];
      strategy.joined(consumer);
      push();
    },
    leave: (consumer) => {
      if (!consumers.includes(consumer)) return;
      consumers = consumers.filter((other) => other !== consumer);
      strategy.left(consumer);
      const lost = [...consumer.unconfirmed.values()];
      const revision = ({ resolved }: GroupMessage): number => Number(originalOf(resolved)?.revision ?? 0n);
      for (const message of lost.toSorted((a, b) => revision(a) - revision(b))) retry(message);
      push();
    },
    ack: (ids) => {
      if (ended) return;
      for (const id of ids) release(id);
      mark(false);
      push();
    },
    nack: (ids, action, reason) => {
      if (ended) return;
      for (const id of ids) {
        const message = outstanding.get(id)?.message;
        if (message === undefined) continue;
        if (action === 'park') storage.park(message.resolved, `Client explicitly NAK'ed message.\n${reason}`);
        if (action === 'retry') retryOrPark(message);
        else release(id);
      }
      mark(false);
      push();
    },
    tick: () => {
      for (const { message, dueAt } of [...outstanding.values()]) if (dueAt <= now()) retryOrPark(message);
      push();
      mark(true);
    },
    replay: (stopAt) => {
      for (const link of storage.takeParked(stopAt)) {
        const resolved = storage.resolveParked(link);
        insertRetry(retries, { id: link.id, resolved, cursor: -1n, retries: 0, replayed: true, pushed: undefined });
      }
      push();
    },
    consumers: () => consumers,
    counts: () => ({
      buffered: feed.buffer.length,
      arrived,
      retrying: retries.length,
      outstanding: outstanding.size,
      total,
    }),
    isLive: feed.isLive,
    lastSeen: feed.lastSeen,
    end: () => {
      ended = true;
      stopFollowing();
      const dropped = consumers;
      consumers = [];
      for (const consumer of dropped) consumer.drop();
    },
  };
};
