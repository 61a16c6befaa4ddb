import TinyQueue from 'tinyqueue';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { dueBy, type WaitingMessage } from './consumer-state.ts';

/**
 * A message in memory. `event`: undefined where it has to be read from the log again. `kept`: the consumer state has a row
 * for it, or is about to. `takenAt`: when this process got it, in elapsed milliseconds. `behind`: it waits for an earlier
 * message of its key.
 */
export type QueuedMessage = WaitingMessage & {
  readonly event: RecordedEvent | null;
  readonly kept: boolean;
  readonly takenAt: number;
  readonly behind?: boolean;
};

/**
 * The messages of one key by position, of which one is handled at a time: the first, or the first that is due where the
 * handler keeps the order. `next`: the one that is due or in flight. `due`: of the first to be due, while all wait.
 */
type KeyQueue = {
  readonly key: string;
  messages: Array<QueuedMessage>;
  state: 'busy' | 'ready' | 'waiting';
  next: QueuedMessage | undefined;
  due: number;
};

/** When a queue has something due, in epoch milliseconds. Out of date, and ignored, once the queue waits for another time. */
type Alarm = { readonly due: number; readonly queue: KeyQueue };

export type MessageQueues = {
  /** Whether a new message of this key would have to wait for one that is kept in the consumer state. */
  readonly isBlocked: (key: string) => boolean;
  readonly add: (message: QueuedMessage, now: number) => void;
  /** The next message that may be handled; its key is busy until `settle` or `postpone`. */
  readonly startNext: () => QueuedMessage | undefined;
  /** Positions of the earlier messages of its key that are not settled. */
  readonly earlier: (message: QueuedMessage) => ReadonlyArray<number>;
  /** The message is handled or parked: it leaves its queue. */
  readonly settle: (message: QueuedMessage, now: number) => void;
  /**
   * The message is tried again when it is due. Where it is kept, the messages that it blocks are kept too. Answers with
   * those.
   */
  readonly postpone: (message: QueuedMessage, now: number) => ReadonlyArray<QueuedMessage>;
  /**
   * Makes what is due ready. Answers with the next due time in epoch milliseconds, `undefined` if nothing waits. The cost
   * grows with what is due, not with what waits.
   */
  readonly readyDue: (now: number) => number | undefined;
  /** After the clock was set back: no message waits longer than it was meant to. */
  readonly clamp: (now: number) => void;
  readonly hasReady: () => boolean;
  /** How many messages that are in memory only wait for their time. */
  readonly standingBy: () => number;
  /** The lowest position that is not settled; `undefined` when all is. */
  readonly lowest: () => number | undefined;
};

const unkeptIn = (queue: KeyQueue): number => queue.messages.reduce((sum, { kept }) => sum + (kept ? 0 : 1), 0);

const byDue = (a: Alarm, b: Alarm): number => a.due - b.due;

const firstDue = (messages: ReadonlyArray<QueuedMessage>, now: number): QueuedMessage | undefined =>
  messages.find(({ dueAt }) => dueAt <= now) ??
  messages.reduce<QueuedMessage | undefined>(
    (first, each) => (first === undefined || each.dueAt < first.dueAt ? each : first),
    undefined,
  );

/** Queues by key. `key`: messages of one key are handled in order. `handler`: the handler decides about their order. */
export const makeMessageQueues = (ordering: 'key' | 'handler' = 'key'): MessageQueues => {
  const queues = new Map<string, KeyQueue>();
  const ready: Array<KeyQueue> = [];
  let alarms = new TinyQueue<Alarm>([], byDue);
  let standingBy = 0;

  const leaveWaiting = (queue: KeyQueue): void => {
    if (queue.state === 'waiting') standingBy -= unkeptIn(queue);
  };
  /** Finds the new state of a queue that nobody works on: ready, waiting, or empty and removed. */
  const place = (queue: KeyQueue, now: number): void => {
    const next = ordering === 'key' ? queue.messages[0] : firstDue(queue.messages, now);
    if (next === undefined) {
      queues.delete(queue.key);
    } else if (next.dueAt <= now) {
      queue.state = 'ready';
      queue.next = next;
      ready.push(queue);
    } else {
      if (queue.state !== 'waiting' || queue.due !== next.dueAt) alarms.push({ due: next.dueAt, queue });
      queue.state = 'waiting';
      queue.next = undefined;
      queue.due = next.dueAt;
      standingBy += unkeptIn(queue);
    }
  };

  /**
   * Inserts by position. A replayed message comes before the later ones of its key, but not before one in flight. It
   * replaces itself where it is in the queue already.
   */
  const insert = (queue: KeyQueue, message: QueuedMessage): void => {
    const inFlight = queue.state === 'busy' ? queue.next : undefined;
    const same = queue.messages.findIndex((each) => each !== inFlight && each.position === message.position);
    if (same >= 0) queue.messages.splice(same, 1);
    const first = ordering === 'key' && inFlight !== undefined ? 1 : 0;
    let at = queue.messages.length;
    while (at > first && (queue.messages[at - 1]?.position ?? 0) > message.position) at -= 1;
    queue.messages.splice(at, 0, message);
  };
  /** Makes due what waited for this message. */
  const readyBehind = (queue: KeyQueue, { position }: QueuedMessage, now: number): void => {
    if (ordering === 'key') return;
    queue.messages = queue.messages.map((each) =>
      each.behind === true && each.position > position ? { ...each, dueAt: now, behind: false } : each,
    );
  };
  const isStale = ({ due, queue }: Alarm): boolean => queue.state !== 'waiting' || queue.due !== due;

  return {
    isBlocked: (key) => {
      const queue = queues.get(key);
      return ordering === 'key' && queue?.state === 'waiting' && queue.messages[0]?.kept === true;
    },
    add: (message, now) => {
      const queue = queues.get(message.key);
      if (queue === undefined) {
        const created: KeyQueue = { key: message.key, messages: [message], state: 'ready', next: undefined, due: 0 };
        queues.set(message.key, created);
        return place(created, now);
      }
      leaveWaiting(queue);
      insert(queue, message);
      if (queue.state === 'waiting') place(queue, now);
    },
    startNext: () => {
      const queue = ready.shift();
      if (queue === undefined) return undefined;
      const due = queue.next?.position;
      queue.state = 'busy';
      queue.next = ordering === 'key' ? queue.messages[0] : queue.messages.find(({ position }) => position === due);
      return queue.next;
    },
    earlier: ({ key, position }) =>
      (queues.get(key)?.messages ?? []).flatMap((each) => (each.position < position ? [each.position] : [])),
    settle: (message, now) => {
      const queue = queues.get(message.key);
      if (queue === undefined) return;
      queue.messages = queue.messages.filter((each) => each !== queue.next);
      readyBehind(queue, message, now);
      place(queue, now);
    },
    postpone: (message, now) => {
      const queue = queues.get(message.key);
      if (queue === undefined) return [];
      const blocked = message.kept && ordering === 'key' ? queue.messages.slice(1) : [];
      queue.messages = queue.messages.map((each) => {
        if (each === queue.next) return message;
        return blocked.includes(each) ? { ...each, kept: true, event: null } : each;
      });
      readyBehind(queue, message, now);
      place(queue, now);
      return blocked;
    },
    readyDue: (now) => {
      for (let alarm = alarms.peek(); alarm !== undefined; alarm = alarms.peek()) {
        if (!isStale(alarm)) {
          if (alarm.due > now) return alarm.due;
          leaveWaiting(alarm.queue);
          place(alarm.queue, now);
        }
        alarms.pop();
      }
      return undefined;
    },
    clamp: (now) => {
      alarms = new TinyQueue<Alarm>([], byDue);
      for (const queue of queues.values()) {
        leaveWaiting(queue);
        queue.messages = queue.messages.map((message) =>
          message === queue.next ? message : { ...message, dueAt: dueBy(message, now) },
        );
        queue.due = Number.NaN;
        if (queue.state === 'waiting') place(queue, now);
      }
    },
    hasReady: () => ready.length > 0,
    standingBy: () => standingBy,
    lowest: () => {
      let lowest: number | undefined;
      for (const queue of queues.values())
        for (const { position } of queue.messages) lowest = Math.min(lowest ?? position, position);
      return lowest;
    },
  };
};
