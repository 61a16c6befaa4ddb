import TinyQueue from 'tinyqueue';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { dueBy, type WaitingMessage } from './consumer-state.ts';

/**
 * `event` is absent where it has to be read again. `kept`: the consumer state has a row for it, or is about to.
 * `takenAt`: elapsed milliseconds of this process.
 */
export type LaneMessage = WaitingMessage & {
  readonly event: RecordedEvent | undefined;
  readonly kept: boolean;
  readonly takenAt: number;
};

/** The messages of one key. Only the first is ever handled; the others wait for it. `due`: of the first, while it waits. */
type Lane = { readonly key: string; messages: Array<LaneMessage>; state: 'busy' | 'ready' | 'waiting'; due: number };

/** Says when a lane is to be looked at. One whose lane waits for another time by now is passed over. */
type Alarm = { readonly due: number; readonly lane: Lane };

export type Lanes = {
  /** Whether a message of this key would have to wait for one that is kept in the consumer state. */
  readonly isHeld: (key: string) => boolean;
  readonly add: (message: LaneMessage, now: number) => void;
  /** The next message that may be handled; its key is busy until `settle` or `hold`. */
  readonly take: () => LaneMessage | undefined;
  /** The message is done with. */
  readonly settle: (message: LaneMessage, now: number) => void;
  /** The message is tried again when it is due. If it is kept, those behind it are kept too, and answered. */
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

/** Keeps the order within a key while keys pass each other. */
export const makeLanes = (): Lanes => {
  const lanes = new Map<string, Lane>();
  const ready: Array<Lane> = [];
  let alarms = new TinyQueue<Alarm>([], byDue);
  let standingBy = 0;

  const leaveWaiting = (lane: Lane): void => {
    if (lane.state === 'waiting') standingBy -= looseIn(lane);
  };
  /** A lane nobody works on is ready, waits for its first message, or is gone. `lane.state` says what it was before. */
  const place = (lane: Lane, now: number): void => {
    const first = lane.messages[0];
    if (first === undefined) {
      lanes.delete(lane.key);
    } else if (first.dueAt <= now) {
      lane.state = 'ready';
      ready.push(lane);
    } else {
      if (lane.state !== 'waiting' || lane.due !== first.dueAt) alarms.push({ due: first.dueAt, lane });
      lane.state = 'waiting';
      lane.due = first.dueAt;
      standingBy += looseIn(lane);
    }
  };

  /**
   * A message that comes back from parking stands before the later ones of its key, but not before one in flight, and in
   * the place of itself, where it was standing by.
   */
  const insert = (lane: Lane, message: LaneMessage): void => {
    const first = lane.state === 'busy' ? 1 : 0;
    const same = lane.messages.findIndex(({ position }, index) => index >= first && position === message.position);
    if (same >= 0) lane.messages.splice(same, 1);
    let at = lane.messages.length;
    while (at > first && (lane.messages[at - 1]?.position ?? 0) > message.position) at -= 1;
    lane.messages.splice(at, 0, message);
  };
  const isStale = ({ due, lane }: Alarm): boolean => lane.state !== 'waiting' || lane.due !== due;

  return {
    isHeld: (key) => {
      const lane = lanes.get(key);
      return lane?.state === 'waiting' && lane.messages[0]?.kept === true;
    },
    add: (message, now) => {
      const lane = lanes.get(message.key);
      if (lane === undefined) {
        const created: Lane = { key: message.key, messages: [message], state: 'ready', due: 0 };
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
      lane.state = 'busy';
      return lane.messages[0];
    },
    settle: (message, now) => {
      const lane = lanes.get(message.key);
      if (lane === undefined) return;
      lane.messages.shift();
      place(lane, now);
    },
    hold: (message, now) => {
      const lane = lanes.get(message.key);
      if (lane === undefined) return [];
      const behind = lane.messages.slice(1);
      const asHeld = (each: LaneMessage): LaneMessage =>
        message.kept ? { ...each, kept: true, event: undefined } : each;
      lane.messages = [message, ...behind.map(asHeld)];
      place(lane, now);
      return message.kept ? behind : [];
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
        lane.messages = lane.messages.map((message) => ({ ...message, dueAt: dueBy(message, now) }));
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
