import * as E from 'fp-ts/lib/Either.js';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { OpenGeneration } from './open-current.ts';
import type { RebuildProgress } from './rebuild.ts';

/** How a projection stands. `lag`: positions of the log still to come. `stopped`: why it takes no more events. */
export type ProjectionStatus = {
  readonly name: string;
  readonly checkpoint: number;
  readonly head: number;
  readonly lag: number;
  readonly stopped: string | null;
};

/**
 * How the read model stands. `generation` null: there is none to be shown yet. `building`: how far a new one has got.
 * `troubles`: what keeps it from following the log; empty when all is well.
 */
export type ReadModelStatus = {
  readonly generation: number | null;
  readonly building: RebuildProgress | null;
  readonly troubles: ReadonlyArray<string>;
  readonly projections: ReadonlyArray<ProjectionStatus>;
};

/** A head that cannot be read now is told as the furthest checkpoint, and as a trouble. */
export const readModelStatus = async (
  log: Pick<EventStore, 'head'>,
  current: OpenGeneration | null,
  building: RebuildProgress | null,
  troubles: ReadonlyArray<string>,
): Promise<ReadModelStatus> => {
  const checkpoints = [...(current?.model.checkpoints() ?? [])];
  const furthest = Math.max(0, ...checkpoints.map(([, { position }]) => position));
  const asked = await log.head()();
  const head = E.isRight(asked) ? Math.max(asked.right, furthest) : furthest;
  return {
    generation: current?.generation ?? null,
    building,
    troubles: E.isRight(asked) ? troubles : [...troubles, 'the head of the log cannot be read'],
    projections: checkpoints.map(([name, { position, stopped }]) => ({
      name,
      checkpoint: position,
      head,
      lag: head - position,
      stopped,
    })),
  };
};
