import type { Source } from './catch-up.ts';
import { type Resolved, resolve } from './links.ts';
import type { Log, LogEvent } from './log.ts';
import { createCheckpointing } from './persistent-checkpoint.ts';
import { type Consumer, type GroupMessage, insertRetry, sourceStreamOf } from './persistent-message.ts';
import type { GroupSettings } from './persistent-settings.ts';
import type { GroupStorage } from './persistent-storage.ts';
import { createChooser } from './persistent-strategies.ts';

export type NackAction = 'retry' | 'park' | 'skip';

/** One consumer group while its leader lives. Server `PersistentSubscription.cs`. */
export type Group = {
  readonly join: (consumer: Consumer) => void;
  /** The consumer is gone: what it had not confirmed is tried again, which counts as an attempt. */
  readonly leave: (consumer: Consumer) => void;
  readonly ack: (ids: ReadonlyArray<string>) => void;
  readonly nack: (ids: ReadonlyArray<string>, action: NackAction, reason: string) => void;
  /** Looks at message timeouts and at the clock of the checkpoint. */
  readonly tick: () => void;
  /** Puts parked messages before this revision of the parked stream ahead of everything new. */
  readonly replay: (stopAt: bigint | undefined) => void;
  readonly consumers: () => ReadonlyArray<Consumer>;
  readonly counts: () => { readonly buffered: number; readonly retrying: number; readonly outstanding: number };
  readonly lastKnown: () => bigint | undefined;
  /** Ends it: consumers are dropped, what was only in memory is gone. */
  readonly end: () => void;
};

type Parts = {
  readonly log: Log;
  readonly now: () => number;
  readonly source: Source;
  readonly settings: GroupSettings;
  readonly storage: GroupStorage;
};

const idOf = ({ event, link }: Resolved): string => (link ?? event)?.id ?? '';

/** Without a checkpoint a group that starts at the end starts at what is then the end, also after a restart. */
const firstCursor = ({ log, settings, source, storage }: Parts): bigint => {
  const checkpoint = storage.checkpoint();
  if (checkpoint !== undefined) return checkpoint;
  if (settings.startFrom !== 'end') return settings.startFrom - 1n;
  const last = log.all().findLast(source.includes);
  return last === undefined ? -1n : source.cursorOf(last);
};

export const createGroup = (parts: Parts): Group => {
  const { log, now, source, settings, storage } = parts;
  const choose = createChooser<Consumer>(settings.strategy);
  const checkpointing = createCheckpointing(settings, storage, now);
  const buffer: Array<GroupMessage> = [];
  const retries: Array<GroupMessage> = [];
  const outstanding = new Map<string, { readonly message: GroupMessage; readonly dueAt: number }>();
  let consumers: ReadonlyArray<Consumer> = [];
  let cursor = firstCursor(parts);

  const take = (event: LogEvent): void => {
    cursor = source.cursorOf(event);
    if (source.filter !== undefined && !source.filter.matches(event)) {
      // While earlier messages wait to be given out, a skipped event must not move the checkpoint past them.
      if (buffer.length === 0) checkpointing.skipped(cursor);
      return;
    }
    const resolved = resolve(log, now(), event, settings.resolveLinks);
    buffer.push({ id: idOf(resolved), resolved, cursor, retries: 0, replayed: false, pushed: undefined });
  };
  const fill = (): void => {
    const room = (): number => settings.historyBufferSize - buffer.length;
    for (let page = source.after(cursor, 20); page.length > 0 && room() > 0; page = source.after(cursor, 20)) {
      for (const event of page.slice(0, room())) take(event);
    }
  };
  const pushFrom = (list: Array<GroupMessage>): boolean => {
    for (const message of [...list]) {
      const chosen = choose(consumers, sourceStreamOf(message.resolved));
      if (chosen === 'full') return false;
      if (chosen === 'skip') continue;
      list.splice(list.indexOf(message), 1);
      // A second message with an id that is in flight counts as a duplicate and is not given out.
      if (outstanding.has(message.id)) continue;
      const pushed = checkpointing.pushed(message);
      outstanding.set(pushed.id, { message: pushed, dueAt: now() + settings.messageTimeoutMs });
      chosen.unconfirmed.set(pushed.id, pushed);
      chosen.send(pushed);
    }
    return true;
  };
  const push = (): void => {
    fill();
    if (consumers.length > 0 && pushFrom(retries)) pushFrom(buffer);
  };
  const release = (id: string): void => {
    outstanding.delete(id);
    for (const consumer of consumers) consumer.unconfirmed.delete(id);
  };
  const retryOrPark = (message: GroupMessage): void => {
    release(message.id);
    if (message.retries < settings.maxRetryCount) insertRetry(retries, { ...message, retries: message.retries + 1 });
    else storage.park(message.resolved, `Reached retry count of ${settings.maxRetryCount}`);
  };
  const mark = (isTimeCheck: boolean): void => {
    const unfinished = [...[...outstanding.values()].map(({ message }) => message), ...retries];
    checkpointing.mark(unfinished, isTimeCheck);
  };
  const stopFollowing = log.onCommit(() => queueMicrotask(push));

  return {
    join: (consumer) => {
      consumers = [...consumers, consumer];
      push();
    },
    leave: (consumer) => {
      if (!consumers.includes(consumer)) return;
      consumers = consumers.filter((other) => other !== consumer);
      for (const message of consumer.unconfirmed.values()) retryOrPark(message);
      push();
    },
    ack: (ids) => {
      for (const id of ids) release(id);
      mark(false);
      push();
    },
    nack: (ids, action, reason) => {
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
      const parked = storage.parked();
      const end = (parked.at(-1)?.revision ?? -1n) + 1n;
      const stop = stopAt === undefined || stopAt > end ? end : stopAt;
      for (const link of parked.filter(({ revision }) => revision < stop)) {
        const resolved = storage.resolveParked(link);
        insertRetry(retries, { id: link.id, resolved, cursor: -1n, retries: 0, replayed: true, pushed: undefined });
      }
      if (parked.length > 0) storage.markReplayed(stop);
      push();
    },
    consumers: () => consumers,
    counts: () => ({ buffered: buffer.length, retrying: retries.length, outstanding: outstanding.size }),
    lastKnown: checkpointing.lastKnown,
    end: () => {
      stopFollowing();
      const dropped = consumers;
      consumers = [];
      for (const consumer of dropped) consumer.drop();
    },
  };
};
