import type { Clock } from '../../../application/ports/clock.ts';
import type { HandedOut, Line } from './line.ts';
import { noteText } from './parked-note.ts';
import type { MessageRef } from './waiting-events.ts';

/** What the server waits for an answer to. */
type Receipt = { readonly line: Line; readonly handedOut: HandedOut };
type Kept = { receipts: ReadonlyArray<Receipt>; since: number };

/**
 * The messages that this node has from the server, by position. One that is handed out here again while it is here, after a
 * timeout say, is one message with one more receipt.
 */
export type Custody = {
  /** True for a message that was not here. */
  readonly take: (position: number, line: Line, handedOut: HandedOut) => boolean;
  readonly has: (position: number) => boolean;
  readonly ack: (position: number) => void;
  /**
   * Lets go of messages whose fate is being written down; answers how to answer for them. Only for what came before: one
   * that is put back by its due time, while the writing is not confirmed yet, is another message.
   */
  readonly release: (messages: ReadonlyArray<{ readonly position: number }>) => () => void;
  /** Parked by the server, with a note behind the reason. */
  readonly park: (message: MessageRef, type: string, reason: string) => void;
  /** Lets go of messages without an answer: the server hands them out again. */
  readonly drop: (messages: ReadonlyArray<{ readonly position: number }>) => void;
  /** Since when it is here, in epoch milliseconds. */
  readonly since: (position: number) => number;
  /** Its line broke: no answer will be heard. */
  readonly isLost: (position: number) => boolean;
  readonly count: () => number;
  readonly receipts: () => number;
};

export const makeCustody = (clock: Clock): Custody => {
  const kept = new Map<number, Kept>();
  const release = (position: number): ReadonlyArray<Receipt> => {
    const receipts = kept.get(position)?.receipts ?? [];
    kept.delete(position);
    return receipts.filter(({ line }) => line.isOpen());
  };
  const openOf = ({ receipts }: Kept): ReadonlyArray<Receipt> => receipts.filter(({ line }) => line.isOpen());
  return {
    take: (position, line, handedOut) => {
      const before = kept.get(position);
      const id = (handedOut.link ?? handedOut.event)?.id;
      const others = (before?.receipts ?? []).filter(
        (receipt) => receipt.line.isOpen() && (receipt.handedOut.link ?? receipt.handedOut.event)?.id !== id,
      );
      kept.set(position, { receipts: [...others, { line, handedOut }], since: clock.now() });
      return before === undefined;
    },
    has: (position) => kept.has(position),
    release: (messages) => {
      const receipts = messages.flatMap(({ position }) => release(position));
      return () => {
        for (const { line, handedOut } of receipts) line.ack(handedOut);
      };
    },
    ack: (position) => {
      for (const { line, handedOut } of release(position)) line.ack(handedOut);
    },
    park: (message, type, reason) => {
      const [first, ...rest] = release(message.position);
      if (first !== undefined) first.line.park(first.handedOut, noteText(message, type, reason, clock.now()));
      for (const { line, handedOut } of rest) line.ack(handedOut);
    },
    drop: (messages) => {
      for (const { position } of messages) kept.delete(position);
    },
    since: (position) => kept.get(position)?.since ?? clock.now(),
    isLost: (position) => openOf(kept.get(position) ?? { receipts: [], since: 0 }).length === 0,
    count: () => kept.size,
    receipts: () => [...kept.values()].reduce((sum, each) => sum + openOf(each).length, 0),
  };
};
