import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import type { WaitingMessage } from './consumer-state.ts';

/** `event` is absent where it has to be read again. `kept`: the consumer state has a row for it, or is about to. */
export type Message = WaitingMessage & { readonly event: RecordedEvent | undefined; readonly kept: boolean };

/** The messages of one key. Only the first is ever handled; the others wait for it. */
type Lane = { readonly key: string; messages: Array<Message>; state: 'busy' | 'ready' | 'waiting' };

export type Lanes = {
  /** Whether a message of this key would have to wait for the due time of another. */
  readonly isHeld: (key: string) => boolean;
  readonly add: (message: Message, now: number) => void;
  /** The next message that may be handled; its key is busy until `settle` or `hold`. */
  readonly take: () => Message | undefined;
  /** The message is done with. */
  readonly settle: (message: Message, now: number) => void;
  /** The message is tried again when it is due. Answers those behind it, which have to wait as well. */
  readonly hold: (message: Message, now: number) => ReadonlyArray<Message>;
  /** Makes what is due ready. Answers the next due time, `undefined` if nothing waits. */
  readonly wakeDue: (now: number) => number | undefined;
  readonly somethingReady: () => boolean;
};

/** Keeps the order within a key while keys pass each other. */
export const makeLanes = (): Lanes => {
  const lanes = new Map<string, Lane>();
  const ready: Array<Lane> = [];
  const waiting = new Set<Lane>();

  /** A lane nobody works on is ready, waits for its first message, or is gone. */
  const place = (lane: Lane, now: number): void => {
    const first = lane.messages[0];
    waiting.delete(lane);
    if (first === undefined) {
      lanes.delete(lane.key);
    } else if (first.dueAt <= now) {
      lane.state = 'ready';
      ready.push(lane);
    } else {
      lane.state = 'waiting';
      waiting.add(lane);
    }
  };

  /** A message that comes back from parking stands before the later ones of its key, but not before one in hand. */
  const insert = (lane: Lane, message: Message): void => {
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
        const created: Lane = { key: message.key, messages: [message], state: 'ready' };
        lanes.set(message.key, created);
        place(created, now);
        return;
      }
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
      lane.messages = [message, ...behind.map((each) => ({ ...each, kept: true, event: undefined }))];
      place(lane, now);
      return behind;
    },
    wakeDue: (now) => {
      let next: number | undefined;
      for (const lane of [...waiting]) {
        place(lane, now);
        const due = lane.messages[0]?.dueAt;
        if (waiting.has(lane) && due !== undefined) next = Math.min(next ?? due, due);
      }
      return next;
    },
    somethingReady: () => ready.length > 0,
  };
};
