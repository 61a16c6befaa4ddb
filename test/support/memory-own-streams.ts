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
      const actual = present.at(-1)?.revision ?? 'no-stream';
      const first = actual === 'no-stream' ? 0 : actual + 1;
      if (actual !== expected) return { _tag: 'Left', left: { type: 'RevisionConflict', stream, expected, actual } };
      events.forEach((each, index) => present.push({ ...each, revision: first + index }));
      streams.set(stream, present);
      return { _tag: 'Right', right: { revision: first + events.length - 1 } };
    },
    trim: (stream, before) =>
      TE.fromIO(
        () =>
          void streams.set(
            stream,
            of(stream).filter(({ revision }) => revision >= before),
          ),
      ),
    read: (stream, from = 0) => TE.fromIO(() => of(stream).filter(({ revision }) => revision >= from)),
    readLast: (stream) => TE.fromIO(() => of(stream).at(-1) ?? null),
  };
  return world;
};
