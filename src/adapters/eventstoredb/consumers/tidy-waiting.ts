import * as E from 'fp-ts/lib/Either.js';
import type { StopSignal } from '../../event-store/consumers/stop-signal.ts';
import type { Reading } from '../reading.ts';
import type { GroupCalls } from './group-calls.ts';
import { readParked } from './parked-messages.ts';
import { serverView } from './server-view.ts';
import { putOffEvent, takenEvent } from './waiting-events.ts';
import type { WaitingStream } from './waiting-stream.ts';

/** Events of the waiting stream after which it is cut off in front. */
export const TIDY_EVERY = 1000;
/** What still counts of the oldest events is written anew at its end, so many at once, if it is older than this. */
const MOVE_OLDER_THAN = 500;
const MOST_AT_ONCE = 500;

/** Milliseconds, at most, that a node waits before it does it: mostly another one has done it by then. */
const OTHERS_FIRST_MS = 10_000;
/** Milliseconds until it is tried again, where little could be cut off. */
const AGAIN_MS = 30_000;

type Dependencies = {
  readonly parts: Reading;
  readonly calls: GroupCalls;
  readonly waiting: WaitingStream;
  readonly group: string;
};

/**
 * Cuts off the beginning of the waiting stream: below the oldest message that waits, below what the group has settled, and
 * below what a parked link points to that has no note of its own. Several nodes may do it at once: none cuts too far.
 * Answers the revision it begins at from now on, or what stood against it.
 */
export const tidyWaiting = async (deps: Dependencies): Promise<E.Either<string, number>> => {
  const { parts, calls, waiting, group } = deps;
  const { fold } = waiting;
  const info = await calls.info(group);
  if (E.isLeft(info)) return E.left(info.left.reason);
  const all = await readParked(parts, group, new Map());
  if (E.isLeft(all)) return E.left(all.left.type);
  const links = new Set(all.right.map(({ link }) => link));
  const stillTaken = (): ReadonlyArray<readonly [string, number]> => [...fold.taken()].filter(([id]) => links.has(id));

  const oldest = fold.revision() - MOVE_OLDER_THAN;
  const moved = await waiting.agree(() =>
    [
      ...fold.all().flatMap((entry) => (entry.at < oldest ? [putOffEvent(entry, entry.dueAt)] : [])),
      ...stillTaken().flatMap(([id, at]) => (at < oldest ? [takenEvent(id)] : [])),
    ].slice(0, MOST_AT_ONCE),
  );
  if (E.isLeft(moved)) return E.left(moved.left.type);
  const pinned = all.right.flatMap(({ pins }) => (pins === null ? [] : [pins]));
  const before = Math.min(
    fold.revisionAt(serverView(info.right).checkpoint),
    ...fold.all().map(({ at }) => at),
    ...stillTaken().map(([, at]) => at),
    ...pinned,
  );
  if (before <= fold.first()) return E.right(fold.first());
  const cut = await calls.truncate(group, before);
  return E.isLeft(cut) ? E.left(cut.left.reason) : E.right(before);
};

type Tidying = Dependencies & {
  readonly random: () => number;
  readonly stop: StopSignal;
  readonly onProblem: (message: string) => void;
};

/** Called after each change of the stream: tidies from time to time, one at a time. */
export const makeTidying = (deps: Tidying): (() => void) => {
  const { fold } = deps.waiting;
  let begin = -1;
  let underWay = false;
  const tidy = async (): Promise<void> => {
    await deps.stop.pause(deps.random() * OTHERS_FIRST_MS);
    if (deps.stop.stopped()) return;
    const done = await tidyWaiting(deps);
    if (E.isLeft(done)) deps.onProblem(`the messages put off were not tidied: ${done.left}`);
    const cut = E.isRight(done) ? done.right - begin : 0;
    begin += cut;
    // Held up: by a checkpoint that comes later, or by what is parked.
    if (cut < TIDY_EVERY / 2) await deps.stop.pause(AGAIN_MS);
    underWay = false;
  };
  return () => {
    if (begin < 0) begin = fold.first();
    if (underWay || fold.revision() - begin < TIDY_EVERY) return;
    underWay = true;
    void tidy();
  };
};
