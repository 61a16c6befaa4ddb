import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StoreError } from '../ports/event-store.ts';
import type { KeyedParkedMessage } from './consumer-state.ts';

/**
 * How far a group has come: every message of it before the position is settled, by outcomes in the log; the one at the
 * position too, unless it is `open`.
 */
export type Mark = { readonly position: number; readonly open: boolean };

/**
 * What the nodes on one log tell each other about their consumers, kept beside the log. Each node follows the log from its
 * own position; only this is shared.
 */
export type SharedConsumers = {
  /**
   * Where a node begins a group that it has not run before. `own`: after which position it would begin if it were the
   * first; then that is written down for the others.
   */
  readonly begin: (group: string, own: number) => TaskEither<StoreError, Mark>;
  /** Tells how far the groups of this node have come. */
  readonly tell: (marks: ReadonlyMap<string, Mark>) => TaskEither<StoreError, void>;
  /** The messages that any node has parked and nobody has taken back since. */
  readonly parked: () => TaskEither<StoreError, ReadonlyArray<KeyedParkedMessage>>;
  /** Tells the others what this node has parked. What another node has parked before it is one message, not two. */
  readonly park: (messages: ReadonlyArray<KeyedParkedMessage>) => TaskEither<StoreError, void>;
  /** Takes parked messages off the list. Answers the positions that were on it; of two nodes at once one gets each. */
  readonly take: (group: string, positions: ReadonlyArray<number>) => TaskEither<StoreError, ReadonlyArray<number>>;
};
