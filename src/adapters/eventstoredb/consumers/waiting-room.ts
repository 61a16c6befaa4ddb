import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock.ts';
import { backoffWithJitter } from '../../event-store/consumers/backoff.ts';
import type { StopSignal } from '../../event-store/consumers/stop-signal.ts';
import { dueEvent, type MessageRef, putOffEvent } from './waiting-events.ts';
import type { Waiting, WaitingFold } from './waiting-fold.ts';
import type { WaitingStream } from './waiting-stream.ts';

/** Milliseconds, at most, that a node leaves a due message to the one that put it off, before it puts it back itself. */
const OTHERS_WAIT_MS = 1000;
/** Milliseconds until a due message is tried again that could not be put back. */
const AGAIN_MS = 1000;
/** Milliseconds after a stop in which what is under way may still be written. */
const STOP_GRACE_MS = 1000;
/** Messages in one append: far below 1 MiB. */
const MOST_AT_ONCE = 500;

/** The messages of a group that are put off, with the timers that put them back when they are due. */
export type WaitingRoom = {
  /** Writes that the messages wait; false when it was stopped before that. `dueAt` in epoch milliseconds. */
  readonly putOff: (messages: ReadonlyArray<MessageRef>, dueAt: number) => Promise<boolean>;
  /** Settles when what is being written of the position, if anything, was written or given up. */
  readonly written: (position: number) => Promise<void>;
  /** Latest due time of messages of the key before the position, also of those that are being written. */
  readonly heldUntil: (key: string, position: number) => number | undefined;
  /** Looks at what is due, after a change. */
  readonly look: () => void;
  /** Whether something is due that has not been put back. */
  readonly somethingDue: () => boolean;
};

type Dependencies = {
  readonly waiting: WaitingStream;
  /** For due times. */
  readonly clock: Clock;
  /** For what passes between this node and the server. */
  readonly network: Clock;
  readonly random: () => number;
  readonly stop: StopSignal;
  readonly onProblem: (message: string) => void;
  readonly onChange: () => void;
};

export const makeWaitingRoom = (deps: Dependencies): WaitingRoom => {
  const { waiting, clock, network, random, stop, onProblem, onChange } = deps;
  const { fold } = waiting;
  const mine = new Set<string>();
  /** What is being put off, with its due time. */
  const writing = new Map<MessageRef, { readonly dueAt: number; readonly over: Promise<void> }>();
  /** When this node puts back a message that another one put off, by the id of what was written. */
  const patience = new Map<string, number>();
  let armed: number | undefined;
  let callOff = (): void => {};
  let firing = false;

  const fireAt = ({ id, dueAt }: Waiting): number => {
    if (mine.has(id)) return dueAt;
    const after = patience.get(id) ?? random() * OTHERS_WAIT_MS;
    patience.set(id, after);
    return dueAt + after;
  };
  const dueNow = (from: WaitingFold): ReadonlyArray<Waiting> =>
    from
      .all()
      .filter((entry) => fireAt(entry) <= clock.now())
      .toSorted((a, b) => a.dueAt - b.dueAt || a.position - b.position)
      .slice(0, MOST_AT_ONCE);
  const forget = (): void => {
    const known = new Set(fold.all().map(({ id }) => id));
    for (const ids of [mine, patience]) for (const id of ids.keys()) if (!known.has(id)) ids.delete(id);
  };

  const arm = (): void => {
    const next = fold.all().reduce((first, entry) => Math.min(first, fireAt(entry)), Number.POSITIVE_INFINITY);
    if (stop.stopped() || firing || next === armed) return;
    callOff();
    armed = next;
    callOff = next === Number.POSITIVE_INFINITY ? () => undefined : clock.at(next, () => void fire());
  };
  const fire = async (): Promise<void> => {
    armed = undefined;
    if (firing || stop.stopped()) return;
    firing = true;
    const written = await waiting.agree((from) => dueNow(from).map(dueEvent));
    firing = false;
    forget();
    onChange();
    if (E.isRight(written)) return arm();
    onProblem(`what is due could not be put back: ${written.left.type}`);
    if (!stop.stopped()) callOff = clock.at(clock.now() + AGAIN_MS, () => void fire());
  };
  const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<false>();
  stop.onStop(() => {
    callOff();
    network.at(network.now() + STOP_GRACE_MS, () => giveUp(false));
  });

  const write = async (messages: ReadonlyArray<MessageRef>, dueAt: number): Promise<boolean> => {
    const events = messages.map((message) => putOffEvent(message, dueAt));
    for (const { id } of events) mine.add(id);
    for (let attempt = 1; ; attempt += 1) {
      // After an unknown outcome it may be there already, under the same id.
      const written = await waiting.agree((from) =>
        events.filter(({ id, data }) => from.find(Number(data.position))?.id !== id),
      );
      if (E.isRight(written)) break;
      onProblem(`a message could not be put off: ${written.left.type}`);
      await stop.pause(backoffWithJitter(attempt, random));
      if (stop.stopped()) return false;
      await waiting.readOn();
    }
    arm();
    onChange();
    return true;
  };

  return {
    putOff: async (messages, dueAt) => {
      const { promise: over, resolve } = Promise.withResolvers<void>();
      for (const message of messages) writing.set(message, { dueAt, over });
      const written = await Promise.race([write(messages, dueAt), tooLate]);
      for (const message of messages) writing.delete(message);
      resolve();
      return written;
    },
    written: async (position) => {
      for (const [message, { over }] of writing) if (message.position === position) await over;
    },
    heldUntil: (key, position) => {
      let latest = fold.heldUntil(key, position);
      for (const [message, { dueAt }] of writing) {
        if (message.key === key && message.position < position) latest = Math.max(latest ?? 0, dueAt);
      }
      return latest;
    },
    look: arm,
    somethingDue: () => fold.all().some(({ dueAt }) => dueAt <= clock.now()),
  };
};
