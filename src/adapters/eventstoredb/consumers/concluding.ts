import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup } from '../../../application/ports/consumer-groups.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import type { Lanes } from '../../event-store/consumers/lanes.ts';
import type { Means } from '../../event-store/consumers/handing-out.ts';
import type { Custody } from './custody.ts';
import type { MessageRef } from './waiting-events.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** A message on this node. `event` is absent where it has to be read; `dueAt`: epoch milliseconds. */
export type Message = MessageRef & { readonly dueAt: number; readonly event: RecordedEvent | undefined };

/** Milliseconds: what is tried again sooner stays here, unacknowledged; what waits longer is put off in the log. */
export const SHORT_WAIT_MS = 10_000;

/** Milliseconds that a message stays here at most before its turn, or between two turns; half of the server's patience. */
export const LONGEST_STAY_MS = 60_000;

export type Concluding = {
  readonly group: ConsumerGroup;
  readonly clock: Clock;
  readonly lanes: Lanes<Message>;
  readonly custody: Custody;
  readonly room: WaitingRoom;
  readonly inHand: () => number;
  /** Has the lanes looked at by then, in epoch milliseconds. */
  readonly armFor: (due: number) => void;
};

/** Carries verdicts out: to the server, to the lanes of this node, or to the waiting room of all. */
export const makeConcluding = ({
  group,
  clock,
  lanes,
  custody,
  room,
  inHand,
  armFor,
}: Concluding): Means<Message> & {
  readonly putOff: (messages: ReadonlyArray<Message>, key: string, dueAt: number) => Promise<void>;
} => {
  /** Everything of the key that is here goes, in order, so that nothing of it is handled before its turn. */
  const putOff = async (first: ReadonlyArray<Message>, key: string, dueAt: number): Promise<void> => {
    let all = first;
    do {
      const answer = custody.release(all);
      if (!(await room.putOff(all, dueAt))) return;
      answer();
      all = lanes.takeOut((message) => message.key === key, clock.now());
    } while (all.length > 0);
  };

  const wait = async (message: Message, attempts: number, afterMs: number, reason: string): Promise<void> => {
    const dueAt = clock.now() + afterMs;
    const held: Message = { ...message, attempts, reason, dueAt };
    const isShort = afterMs <= SHORT_WAIT_MS && dueAt - custody.since(message.position) <= LONGEST_STAY_MS;
    if (custody.isLost(message.position)) {
      // The server hands it out again, here or elsewhere.
      custody.drop([message]);
      return lanes.settle(message, clock.now());
    }
    if (isShort && custody.count() - inHand() <= group.maxInFlight) {
      lanes.hold(held, clock.now());
      return armFor(dueAt);
    }
    const behind = lanes.takeOut(({ key }) => key === message.key, clock.now());
    await putOff([held, ...behind], message.key, dueAt);
    lanes.settle(message, clock.now());
  };
  const ack = (message: Message): void => {
    custody.ack(message.position);
    lanes.settle(message, clock.now());
  };
  const park: Means<Message>['park'] = (message, attempts, reason, { type }) => {
    custody.park({ ...message, attempts }, type, reason);
    lanes.settle(message, clock.now());
  };

  return { ack, wait, park, putOff };
};
