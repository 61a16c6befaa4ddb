import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerState, KeyedParkedMessage, WaitingMessage } from './consumer-state.ts';
import type { QueuedMessage } from './message-queues.ts';
import { messageOf } from '../../domain/unknown.ts';

/** Acknowledged messages after which the checkpoint is saved. */
const SAVE_EVERY_ACKS = 200;
/** Milliseconds after which it is saved at the latest. */
const SAVE_EVERY_MS = 1000;

/**
 * How much of the log a group has handled. Everything up to the checkpoint is acknowledged, kept as waiting, or parked.
 * Waiting and parked messages are saved at once; acknowledgements later, since a repeated delivery does no harm.
 */
export type Progress = {
  /** The event is no message of this group, or was kept before. */
  readonly pass: (position: number) => void;
  /** The message is in memory only, until it is acknowledged, kept or parked. */
  readonly begin: (position: number) => void;
  readonly acked: (message: QueuedMessage) => void;
  readonly keep: (message: WaitingMessage) => void;
  readonly park: (message: KeyedParkedMessage) => void;
  readonly seen: () => number;
  /** How many messages are in memory only. */
  readonly unsettled: () => number;
  /** Saves what is new. Rejects if that fails; the next call saves it. */
  readonly flush: () => Promise<void>;
};

type Dependencies = {
  readonly state: ConsumerState;
  readonly clock: Clock;
  readonly group: string;
  readonly checkpoint: number;
  readonly onProblem: (message: string) => void;
  /** After parked messages were saved. */
  readonly onParked: () => void;
};

/** Removes what was saved, unless it changed in the meantime. */
const forget = <A>(changed: Map<number, A>, saved: ReadonlyMap<number, A>): void => {
  for (const [position, change] of saved) if (changed.get(position) === change) changed.delete(position);
};

export const makeProgress = ({ state, clock, group, checkpoint, onProblem, onParked }: Dependencies): Progress => {
  /**
   * By position, the position of the event before it: some engines leave positions out, and a checkpoint must be the
   * position of an event. In rising order, since messages begin in log order.
   */
  const inMemory = new Map<number, number>();
  const put = new Map<number, WaitingMessage>();
  const park = new Map<number, KeyedParkedMessage>();
  const remove = new Map<number, true>();
  let seen = checkpoint;
  let saved = -1;
  let acks = 0;
  let cancel: (() => void) | undefined;
  let saving: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  const lowest = (): number => {
    for (const before of inMemory.values()) return before;
    return seen;
  };

  const save = async (): Promise<void> => {
    const upTo = lowest();
    if (upTo === saved && put.size + park.size + remove.size === 0) return;
    const [putNow, parkNow, removeNow] = [new Map(put), new Map(park), new Map(remove)];
    acks = 0;
    await state.save(group, {
      checkpoint: upTo,
      put: [...putNow.values()],
      park: [...parkNow.values()],
      remove: [...removeNow.keys()],
    });
    saved = upTo;
    forget(put, putNow);
    forget(park, parkNow);
    forget(remove, removeNow);
    if (parkNow.size > 0) onParked();
  };
  const flush = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    next ??= saving.then(() => {
      next = undefined;
      return save();
    });
    // The caller of `flush` gets the rejection; the next save starts all the same.
    saving = next.catch(() => undefined);
    return next;
  };
  const later = (): void => {
    cancel ??= clock.at(clock.now() + SAVE_EVERY_MS, soon);
  };
  const soon = (): void => {
    flush().catch((thrown: unknown) => {
      onProblem(`progress could not be saved: ${messageOf(thrown)}`);
      later();
    });
  };

  return {
    pass: (position) => {
      seen = position;
      later();
    },
    begin: (position) => {
      inMemory.set(position, seen);
      seen = position;
    },
    acked: (message) => {
      inMemory.delete(message.position);
      put.delete(message.position);
      if (message.kept) remove.set(message.position, true);
      acks += 1;
      if (acks >= SAVE_EVERY_ACKS) soon();
      else later();
    },
    keep: (message) => {
      inMemory.delete(message.position);
      remove.delete(message.position);
      put.set(message.position, message);
      soon();
    },
    park: (message) => {
      inMemory.delete(message.position);
      put.delete(message.position);
      park.set(message.position, message);
      soon();
    },
    seen: () => seen,
    unsettled: () => inMemory.size,
    flush,
  };
};
