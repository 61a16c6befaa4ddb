import * as E from 'fp-ts/lib/Either.js';
import type { StoreError } from '../../../application/ports/event-store.ts';
import { backoffWithJitter } from '../../event-store/consumers/backoff.ts';
import type { Reading } from '../reading.ts';
import { pause } from '../time-limit.ts';
import type { GroupCalls } from './group-calls.ts';
import { messagesOf, readParked } from './parked-messages.ts';
import { dueEvent, takenEvent } from './waiting-events.ts';
import type { WaitingStream } from './waiting-stream.ts';

/** Looks whether the server has put back what it was asked to, with backoff: about 3 s in all. */
const LOOKS = 6;

type Dependencies = { readonly parts: Reading; readonly calls: GroupCalls; readonly waiting: WaitingStream };
type Answer = Promise<E.Either<StoreError, number>>;

/** The server answers before it has done it: what it put back is then gone from its stream of parked messages. */
const untilPutBack = async ({ parts, waiting }: Dependencies, group: string, before: number): Promise<void> => {
  for (let look = 1; look <= LOOKS; look += 1) {
    const left = await readParked(parts, group, waiting.fold.taken());
    if (E.isRight(left) && left.right.every(({ at }) => at >= before)) return;
    await pause(parts.clock, backoffWithJitter(look, parts.random));
  }
};

/** All parked messages of the group go back, by the server's own replay. Answers how many. */
export const replayAll = async (deps: Dependencies, group: string): Answer => {
  const parked = await readParked(deps.parts, group, deps.waiting.fold.taken());
  const last = E.isRight(parked) ? parked.right.at(-1) : undefined;
  if (E.isLeft(parked) || last === undefined) return E.map(() => 0)(parked);
  const replayed = await deps.calls.replay(group, last.at + 1);
  if (E.isLeft(replayed)) return E.left({ type: 'Unavailable', reason: replayed.left.reason });
  await untilPutBack(deps, group, last.at + 1);
  return E.right(messagesOf(parked.right).length);
};

/** The server replays up to a message or all of them; one by itself goes back as a message of ours, its link hidden from then on. */
export const replayOne = async (deps: Dependencies, group: string, position: number): Answer => {
  const parked = await readParked(deps.parts, group, deps.waiting.fold.taken());
  if (E.isLeft(parked)) return parked;
  const wanted = parked.right.filter(({ shown }) => shown.position === position);
  const written = await deps.waiting.agree((fold) => {
    const left = wanted.filter(({ link }) => !fold.taken().has(link));
    const [first] = left;
    if (first === undefined) return [];
    return [...left.map(({ link }) => takenEvent(link)), dueEvent({ ...first.ref, attempts: 0, reason: '' })];
  });
  return E.map((events: ReadonlyArray<unknown>) => (events.length === 0 ? 0 : 1))(written);
};
