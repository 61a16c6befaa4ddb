import * as TE from 'fp-ts/lib/TaskEither.js';
import type { OwnStreams, RecordedInternalEvent } from '../../src/application/ports/event-store.ts';

/** The machinery's own streams in memory, with the rule that counts here: an append needs the revision it was decided on. */
export const memoryOwnStreams = (): OwnStreams & { away: boolean } => {
  const streams = new Map<string, RecordedInternalEvent[]>();
  const of = (stream: string): RecordedInternalEvent[] => streams.get(stream) ?? [];
  const world: OwnStreams & { away: boolean } = {
    away: false,
    append: (stream, expected, events) => async () => {
      if (world.away) return { _tag: 'Left', left: { type: 'Unavailable', reason: 'away' } };
      const present = of(stream);
      const actual = present.length === 0 ? 'no-stream' : present.length - 1;
      if (actual !== expected) return { _tag: 'Left', left: { type: 'RevisionConflict', stream, expected, actual } };
      events.forEach((each) => present.push({ ...each, revision: present.length }));
      streams.set(stream, present);
      return { _tag: 'Right', right: { revision: present.length - 1 } };
    },
    read: (stream, from = 0) => TE.fromIO(() => of(stream).slice(from)),
    readLast: (stream) => TE.fromIO(() => of(stream).at(-1) ?? null),
  };
  return world;
};
