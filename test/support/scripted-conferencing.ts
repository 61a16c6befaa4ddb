import * as E from 'fp-ts/lib/Either.js';
import type { Conferencing, ConferencingFailure, ConferenceRoom } from '../../src/application/ports/conferencing.ts';

/** `stalls`: no answer until `release` or an abort. */
export type RoomOutcome = 'works' | 'fails' | 'stalls';

export type ScriptedConferencing = {
  readonly conferencing: Conferencing;
  /** The request ids of every call so far. */
  readonly calls: ReadonlyArray<string>;
  /** The rooms that exist, one per request id. */
  readonly rooms: () => ReadonlyArray<ConferenceRoom>;
  /** Puts outcomes at the end of the queue. */
  readonly plan: (...outcomes: ReadonlyArray<RoomOutcome>) => void;
  /** From here on whenever the queue is empty; `works` undoes it. */
  readonly always: (outcome: RoomOutcome) => void;
  /** Lets every stalled call go on, as one that works. */
  readonly release: () => void;
};

/** A stand-in for a video room provider, in memory: it works, fails and stalls as its plan says. Not a real provider. */
export const scriptedConferencing = (provider = 'scripted-rooms'): ScriptedConferencing => {
  const rooms = new Map<string, ConferenceRoom>();
  const calls: string[] = [];
  const queue: RoomOutcome[] = [];
  let standing: RoomOutcome = 'works';
  let stalled: ReadonlyArray<() => void> = [];

  const released = (signal: AbortSignal): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    if (signal.aborted) resolve(false);
    signal.addEventListener('abort', () => resolve(false), { once: true });
    stalled = [...stalled, () => resolve(true)];
    return promise;
  };
  const roomFor = (requestId: string): ConferenceRoom => {
    const room = rooms.get(requestId) ?? { roomId: `room-${requestId}`, url: `https://rooms.test/${requestId}` };
    rooms.set(requestId, room);
    return room;
  };

  return {
    conferencing: {
      provider,
      createRoom:
        ({ requestId }, signal) =>
        async (): Promise<E.Either<ConferencingFailure, ConferenceRoom>> => {
          calls.push(requestId);
          const outcome = queue.shift() ?? standing;
          if (outcome === 'fails') return E.left({ message: `${provider}: scripted failure` });
          if (outcome === 'stalls' && !(await released(signal))) return E.left({ message: `${provider}: aborted` });
          return E.right(roomFor(requestId));
        },
    },
    calls,
    rooms: () => [...rooms.values()],
    plan: (...outcomes) => void queue.push(...outcomes),
    always: (outcome) => {
      standing = outcome;
    },
    release: () => {
      for (const go of stalled) go();
      stalled = [];
    },
  };
};
