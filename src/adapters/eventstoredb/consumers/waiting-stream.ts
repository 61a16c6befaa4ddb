import * as E from 'fp-ts/lib/Either.js';
import type { StoreError } from '../../../application/ports/event-store.ts';
import type { OwnEvent, OwnStreams } from '../own-streams.ts';
import { waitingStreamOf } from './group-settings.ts';
import { makeWaitingFold, type WaitingFold } from './waiting-fold.ts';

/** What a node knows of a group's waiting stream, and the only way to write to it. */
export type WaitingStream = {
  readonly fold: WaitingFold;
  /** Reads what others wrote since. */
  readonly readOn: () => Promise<E.Either<StoreError, void>>;
  /**
   * Appends what is decided on the present state, and decides again where another node was faster. Answers what it
   * appended; no events: nothing was left to say. One at a time.
   */
  readonly agree: (
    decide: (fold: WaitingFold) => ReadonlyArray<OwnEvent>,
  ) => Promise<E.Either<StoreError, ReadonlyArray<OwnEvent>>>;
};

export const openWaitingStream = (ownStreams: OwnStreams, group: string): WaitingStream => {
  const stream = waitingStreamOf(group);
  const fold = makeWaitingFold();
  let last: Promise<unknown> = Promise.resolve();

  const readOn = async (): Promise<E.Either<StoreError, void>> => {
    const read = await ownStreams.read(stream, fold.revision() + 1)();
    if (E.isLeft(read)) return read;
    for (const event of read.right) fold.apply(event);
    return E.right(undefined);
  };
  const decideAndAppend: WaitingStream['agree'] = async (decide) => {
    for (;;) {
      const events = decide(fold);
      const before = fold.revision();
      if (events.length === 0) return E.right(events);
      const written = await ownStreams.append(stream, before < 0 ? 'no-stream' : before, events)();
      if (E.isRight(written)) {
        // Positions between: those of one append are not told one by one; the last one's is what counts.
        const { revision, position } = written.right;
        events.forEach((event, index) =>
          fold.apply({ ...event, revision: revision - events.length + 1 + index, position }),
        );
        return E.right(events);
      }
      if (written.left.type !== 'RevisionConflict') return written;
      const read = await readOn();
      if (E.isLeft(read)) return read;
      if (fold.revision() === before) return E.left({ type: 'Corrupt', reason: `${stream} is not where it ends` });
    }
  };
  return {
    fold,
    readOn,
    agree: (decide) => {
      const mine = last.then(() => decideAndAppend(decide));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
};
