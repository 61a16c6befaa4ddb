import * as E from 'fp-ts/lib/Either.js';
import { parseInstant } from '../../domain/decoding/values.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { OwnStreams, StoreError } from '../ports/event-store.ts';

/** Beside the log: which node did the last round, and when. A stored name. */
const STREAM = 'installation-retention';
/** Milliseconds that the others stand by for the node that did the last round: it knows what it has read. */
const STAND_BY_MS = 3_600_000;

type ClaimDeps = {
  readonly streams: Pick<OwnStreams, 'append' | 'readLast' | 'trim'>;
  /** The name of this node. */
  readonly node: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  /** Milliseconds between two rounds. */
  readonly everyMs: number;
};

/**
 * Which of several nodes does the next round of something that is done at an interval: whoever did the last one. The others
 * take over where it is an hour late. Answers the milliseconds until this node may come again; 0: the round is its own.
 */
export const claimRounds =
  ({ streams, node, clock, identity, everyMs }: ClaimDeps) =>
  async (): Promise<E.Either<StoreError, number>> => {
    const last = await streams.readLast(STREAM)();
    if (E.isLeft(last)) return last;
    const { node: before, at: begun } = last.right?.data ?? {};
    const at = typeof begun === 'string' ? parseInstant(begun) : null;
    const waitMs = (at ?? 0) + everyMs + STAND_BY_MS - clock.now();
    if (before !== node && waitMs > 0) return E.right(Math.min(waitMs, everyMs + STAND_BY_MS));
    const claim = {
      id: identity.newCommandId(),
      type: 'RoundBegun',
      data: { node, at: toInstant(clock.now()) },
    };
    const claimed = await streams.append(STREAM, last.right?.revision ?? 'no-stream', [claim])();
    if (E.isRight(claimed)) {
      // What is left of earlier ones is harmless.
      await streams.trim(STREAM, claimed.right.revision)();
      return E.right(0);
    }
    return claimed.left.type === 'RevisionConflict' ? E.right(everyMs + STAND_BY_MS) : claimed;
  };
