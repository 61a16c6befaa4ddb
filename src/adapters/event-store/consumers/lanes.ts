import TinyQueue from 'tinyqueue';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import type { WaitingMessage } from './consumer-state.ts';

/** `event` is absent where it has to be read again. `kept`: the consumer state has a row for it, or is about to. */
export type Message = WaitingMessage & { readonly event: RecordedEvent | undefined; readonly kept: boolean };

/** What lanes need to know of a message; `dueAt` in epoch milliseconds. */
export type Laned = Pick<WaitingMessage, 'position' | 'key' | 'dueAt'>;

/** The messages of one key. Only the first is ever handled; the others wait for it. */
type Lane<M> = {
  readonly key: string;
  messages: Array<M>;
  state: 'busy' | 'ready' | 'waiting' | 'gone';
  alarm?: Alarm<M>;
};

/** When a waiting lane is due, epoch ms. Only the lane's own `alarm` counts; one that was replaced is passed over. */
type Alarm<M> = { readonly due: number; readonly position: number; readonly lane: Lane<M> };

export type Lanes<M extends Laned = Message> = {
  /** Whether a message of this key would have to wait for the due time of another. */
  readonly isHeld: (key: string) => boolean;
  readonly add: (message: M, now: number) => void;
  /** The next message that may be handled; its key is busy until `settle` or `hold`. */
  readonly take: () => M | undefined;
  /** The message is done with. */
  readonly settle: (message: M, now: number) => void;
  /** The message is tried again when it is due. Answers those behind it, which have to wait as well. */
  readonly hold: (message: M, now: number) => ReadonlyArray<M>;
  /** Takes messages out that are not in hand. */
  readonly takeOut: (isWanted: (message: M) => boolean, now: number) => ReadonlyArray<M>;
  /** Makes what is due ready. Answers the next due time, `undefined` if nothing waits. */
  readonly wakeDue: (now: number) => number | undefined;
  readonly somethingReady: () => boolean;
};

/** Keeps the order within a key while keys pass each other. `asHeld`: what becomes of a message behind one that is held. */
export const makeLanes = <M extends Laned>(asHeld: (message: M) => M): Lanes<M> => {
  const lanes = new Map<string, Lane<M>>();
  const ready = new Set<Lane<M>>();
  const alarms = new TinyQueue<Alarm<M>>([], (a, b) => a.due - b.due || a.position - b.position);

  const isOver = (alarm: Alarm<M>): boolean => alarm.lane.state !== 'waiting' || alarm.lane.alarm !== alarm;

  /** A lane nobody works on is ready, waits for its first message, or is gone. */
  const place = (lane: Lane<M>, now: number): void => {
    const first = lane.messages[0];
    ready.delete(lane);
    if (first === undefined) {
      lane.state = 'gone';
      lanes.delete(lane.key);
      return;
    }
    const { dueAt: due, position } = first;
    if (due <= now) {
      lane.state = 'ready';
      ready.add(lane);
      return;
    }
    const isSet = lane.state === 'waiting' && lane.alarm?.due === due;
    lane.state = 'waiting';
    if (isSet) return;
    lane.alarm = { due, position, lane };
    alarms.push(lane.alarm);
  };

  /** A message that comes back from parking stands before the later ones of its key, but not before one in hand. */
  const insert = (lane: Lane<M>, message: M): void => {
    const first = lane.state === 'busy' ? 1 : 0;
    let at = lane.messages.length;
    while (at > first && (lane.messages[at - 1]?.position ?? 0) > message.position) at -= 1;
    lane.messages.splice(at, 0, message);
  };

  return {
    isHeld: (key) => lanes.get(key)?.state === 'waiting',
    add: (message, now) => {
      const lane = lanes.get(message.key);
      if (lane === undefined) {
        const created: Lane<M> = { key: message.key, messages: [message], state: 'ready' };
        lanes.set(message.key, created);
        place(created, now);
        return;
      }
      insert(lane, message);
      if (lane.state === 'waiting') place(lane, now);
    },
    take: () => {
      for (const lane of ready) {
        ready.delete(lane);
        lane.state = 'busy';
        return lane.messages[0];
      }
      return undefined;
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
      lane.messages = [message, ...behind.map(asHeld)];
      place(lane, now);
      return behind;
    },
    takeOut: (isWanted, now) => {
      const taken: Array<M> = [];
      for (const lane of [...lanes.values()]) {
        const isTaken = (message: M, index: number): boolean =>
          !(lane.state === 'busy' && index === 0) && isWanted(message);
        const out = lane.messages.filter(isTaken);
        if (out.length === 0) continue;
        taken.push(...out);
        lane.messages = lane.messages.filter((message) => !out.includes(message));
        if (lane.state !== 'busy') place(lane, now);
      }
      return taken;
    },
    wakeDue: (now) => {
      for (let next = alarms.peek(); next !== undefined; next = alarms.peek()) {
        if (!isOver(next) && next.due > now) return next.due;
        alarms.pop();
        if (!isOver(next)) place(next.lane, now);
      }
      return undefined;
    },
    somethingReady: () => ready.size > 0,
  };
};
