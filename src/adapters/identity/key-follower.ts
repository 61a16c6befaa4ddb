import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import type { OwnStreams } from '../event-store/eventstoredb/own-streams.ts';
import { type ApiKeyEvent, type KnownKeys, NO_KEYS, takeKeyEvents } from './api-key-events.ts';

const KEYS_STREAM = 'installation-keys';
/** Milliseconds between two looks at the stream: a key that another node revoked opens nothing after that and a read. */
export const KEYS_LOOK_MS = 1_000;

type Answer<A> = Promise<E.Either<StoreError, A>>;

export type FollowerDeps = {
  readonly streams: OwnStreams;
  readonly clock: Clock;
  /** Told once when the stream cannot be read any more; keys then count as they were known. */
  readonly onProblem: (message: string) => void;
};

export type KeyFollower = {
  /** As of the last look. */
  readonly known: () => KnownKeys;
  /** A look that begins now or later: what was written before the call is in the answer. */
  readonly refresh: () => Answer<KnownKeys>;
  /** Right after what is known; another node was faster: `RevisionConflict`. */
  readonly append: (after: KnownKeys, event: ApiKeyEvent) => Answer<void>;
  /** Looks again and again, until `stop`. */
  readonly follow: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Keeps the keys of the log in memory. It looks, rather than subscribes: a subscription can go quiet without an error,
 * and a revoked key must not live on for that.
 */
export const followKeys = ({ streams, clock, onProblem }: FollowerDeps): KeyFollower => {
  let known = NO_KEYS;
  let looking: Answer<KnownKeys> | undefined;
  let next: Answer<KnownKeys> | undefined;
  let isTroubled = false;
  let stopped = false;
  let callOff = (): void => {};

  const look = async (): Answer<KnownKeys> => {
    const from = known.revision === 'no-stream' ? 0 : known.revision + 1;
    const read = await streams.read(KEYS_STREAM, from)();
    const taken = E.isLeft(read) ? read : takeKeyEvents(known, read.right);
    if (E.isRight(taken)) known = taken.right;
    if (E.isLeft(taken) && !isTroubled && !stopped)
      onProblem(`the API keys cannot be read: ${JSON.stringify(taken.left)}`);
    isTroubled = E.isLeft(taken);
    return taken;
  };
  const begin = (): Answer<KnownKeys> => {
    next = undefined;
    const current = look().finally(() => {
      if (looking === current) looking = undefined;
    });
    looking = current;
    return current;
  };
  /** One look at a time; those who ask while it is under way share the one after it. */
  const refresh = (): Answer<KnownKeys> => {
    if (looking === undefined) return begin();
    next ??= looking.then(begin, begin);
    return next;
  };
  /** A fault of ours is told, and does not end the looking: a revoked key must not live on for it. */
  const onFault = (fault: unknown): void => {
    if (!isTroubled && !stopped) onProblem(`the API keys cannot be looked at: ${String(fault)}`);
    isTroubled = true;
  };
  const lookLater = (): void => {
    if (stopped) return;
    callOff = clock.at(clock.now() + KEYS_LOOK_MS, () => {
      refresh().catch(onFault).finally(lookLater);
    });
  };

  return {
    known: () => known,
    refresh,
    append: async (after, event) => {
      const written = await streams.append(KEYS_STREAM, after.revision, [{ ...event, id: randomUUID() }])();
      if (E.isLeft(written)) return written;
      const taken = takeKeyEvents(known, [{ ...event, revision: written.right.revision }]);
      if (E.isRight(taken)) known = taken.right;
      return pipe(
        taken,
        E.map(() => undefined),
      );
    },
    follow: lookLater,
    stop: async () => {
      stopped = true;
      callOff();
      await (next ?? looking)?.catch(onFault);
    },
  };
};
