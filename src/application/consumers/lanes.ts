import TinyQueue from 'tinyqueue';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { dueBy, type WaitingMessage } from './consumer-state.ts';

/**
 * `event` is absent where it has to be read again. `kept`: the consumer state has a row for it, or is about to.
 * `takenAt`: elapsed milliseconds of this process. `behind`: it waits for an earlier message of its key.
 */
export type LaneMessage = WaitingMessage & {
  readonly event: RecordedEvent | undefined;
  readonly kept: boolean;
  readonly takenAt: number;
  readonly behind?: boolean;
};

/**
 * The messages of one key by position, of which one is handled at a time: the first, or the first that is due where the
 * handler keeps the order. `next`: the one that is due or in flight. `due`: of the first to be due, while all wait.
 */
type Lane = {
  readonly key: string;
  messages: Array<LaneMessage>;
  state: 'busy' | 'ready' | 'waiting';
  next: LaneMessage | undefined;
  due: number;
};

/** Says when a lane is to be looked at. One whose lane waits for another time by now is passed over. */
type Alarm = { readonly due: number; readonly lane: Lane };

export type Lanes = {
  /** Whether a message of this key would have to wait for one that is kept in the consumer state. */
  readonly isHeld: (key: string) => boolean;
  readonly add: (message: LaneMessage, now: number) => void;
  /** The next message that may be handled; its key is busy until `settle` or `hold`. */
  readonly take: () => LaneMessage | undefined;
  /** Positions of the messages of its key that are not settled and come before it. */
  readonly earlier: (message: LaneMessage) => ReadonlyArray<number>;
  /** The message is done with. */
  readonly settle: (message: LaneMessage, now: number) => void;
  /** The message is tried again when it is due. If it is kept, those it holds back are kept too, and answered. */
  readonly hold: (message: LaneMessage, now: number) => ReadonlyArray<LaneMessage>;
  /** Makes what is due ready. Answers the next due time, `undefined` if nothing waits. Costs what is due, not what waits. */
  readonly wakeDue: (now: number) => number | undefined;
  /** After the clock was set back: nothing waits longer than it was to. */
  readonly clamp: (now: number) => void;
  readonly somethingReady: () => boolean;
  /** How many messages wait for their time that are in memory only. */
  readonly standingBy: () => number;
  /** The lowest position that is not settled; `undefined` when all is. */
  readonly lowest: () => number | undefined;
};

const looseIn = (lane: Lane): number => lane.messages.reduce((sum, { kept }) => sum + (kept ? 0 : 1), 0);

const byDue = (a: Alarm, b: Alarm): number => a.due - b.due;

const firstDue = (messages: ReadonlyArray<LaneMessage>, now: number): LaneMessage | undefined =>
  messages.find(({ dueAt }) => dueAt <= now) ??
  messages.reduce<LaneMessage | undefined>(
    (first, each) => (first === undefined || each.dueAt < first.dueAt ? each : first),
    undefined,
  );

/** Keeps the order within a key while keys pass each other, or leaves it to the handler. */
export const makeLanes = (ordering: 'key' | 'handler' = 'key'): Lanes => {
  const lanes = new Map<string, Lane>();
  const ready: Array<Lane> = [];
  let alarms = new TinyQueue<Alarm>([], byDue);
  let standingBy = 0;

  const leaveWaiting = (lane: Lane): void => {
    if (lane.state === 'waiting') standingBy -= looseIn(lane);
  };
  /** A lane nobody works on is ready, waits for its next message, or is gone. `lane.state` says what it was before. */
  const place = (lane: Lane, now: number): void => {
    const next = ordering === 'key' ? lane.messages[0] : firstDue(lane.messages, now);
    if (next === undefined) {
      lanes.delete(lane.key);
    } else if (next.dueAt <= now) {
      lane.state = 'ready';
      lane.next = next;
      ready.push(lane);
    } else {
      if (lane.state !== 'waiting' || lane.due !== next.dueAt) alarms.push({ due: next.dueAt, lane });
      lane.state = 'waiting';
      lane.next = undefined;
      lane.due = next.dueAt;
      standingBy += looseIn(lane);
    }
  };

  /**
   * A message that comes back from parking stands before the later ones of its key, but not before one in flight, and in
   * the place of itself, where it was standing by.
   */
  const insert = (lane: Lane, message: LaneMessage): void => {
    const inFlight = lane.state === 'busy' ? lane.next : undefined;
    const same = lane.messages.findIndex((each) => each !== inFlight && each.position === message.position);
    if (same >= 0) lane.messages.splice(same, 1);
    const first = ordering === 'key' && inFlight !== undefined ? 1 : 0;
    let at = lane.messages.length;
    while (at > first && (lane.messages[at - 1]?.position ?? 0) > message.position) at -= 1;
    lane.messages.splice(at, 0, message);
  };
  /** Those that wait for an earlier message are looked at again: this one was handled. */
  const wakeBehind = (lane: Lane, { position }: LaneMessage, now: number): void => {
    if (ordering === 'key') return;
    lane.messages = lane.messages.map((each) =>
      each.behind === true && each.position > position ? { ...each, dueAt: now, behind: false } : each,
    );
  };
  const isStale = ({ due, lane }: Alarm): boolean => lane.state !== 'waiting' || lane.due !== due;

  return {
    isHeld: (key) => {
      const lane = lanes.get(key);
      return ordering === 'key' && lane?.state === 'waiting' && lane.messages[0]?.kept === true;
    },
    add: (message, now) => {
      const lane = lanes.get(message.key);
      if (lane === undefined) {
        const created: Lane = { key: message.key, messages: [message], state: 'ready', next: undefined, due: 0 };
        lanes.set(message.key, created);
        return place(created, now);
      }
      leaveWaiting(lane);
      insert(lane, message);
      if (lane.state === 'waiting') place(lane, now);
    },
    take: () => {
      const lane = ready.shift();
      if (lane === undefined) return undefined;
      const due = lane.next?.position;
      lane.state = 'busy';
      lane.next = ordering === 'key' ? lane.messages[0] : lane.messages.find(({ position }) => position === due);
      return lane.next;
    },
    earlier: ({ key, position }) =>
      (lanes.get(key)?.messages ?? []).flatMap((each) => (each.position < position ? [each.position] : [])),
    settle: (message, now) => {
      const lane = lanes.get(message.key);
      if (lane === undefined) return;
      lane.messages = lane.messages.filter((each) => each !== lane.next);
      wakeBehind(lane, message, now);
      place(lane, now);
    },
    hold: (message, now) => {
      const lane = lanes.get(message.key);
      if (lane === undefined) return [];
      const heldBack = message.kept && ordering === 'key' ? lane.messages.slice(1) : [];
      lane.messages = lane.messages.map((each) => {
        if (each === lane.next) return message;
        return heldBack.includes(each) ? { ...each, kept: true, event: undefined } : each;
      });
      wakeBehind(lane, message, now);
      place(lane, now);
      return heldBack;
    },
    wakeDue: (now) => {
      for (let alarm = alarms.peek(); alarm !== undefined; alarm = alarms.peek()) {
        if (!isStale(alarm)) {
          if (alarm.due > now) return alarm.due;
          leaveWaiting(alarm.lane);
          place(alarm.lane, now);
        }
        alarms.pop();
      }
      return undefined;
    },
    clamp: (now) => {
      alarms = new TinyQueue<Alarm>([], byDue);
      for (const lane of lanes.values()) {
        leaveWaiting(lane);
        lane.messages = lane.messages.map((message) =>
          message === lane.next ? message : { ...message, dueAt: dueBy(message, now) },
        );
        lane.due = Number.NaN;
        if (lane.state === 'waiting') place(lane, now);
      }
    },
    somethingReady: () => ready.length > 0,
    standingBy: () => standingBy,
    lowest: () => {
      let lowest: number | undefined;
      for (const lane of lanes.values())
        for (const { position } of lane.messages) lowest = Math.min(lowest ?? position, position);
      return lowest;
    },
  };
};
