import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { CompareReadModel } from '../../application/audit/read-model-report.ts';
import type { EventStore, StoreError } from '../../application/ports/event-store.ts';
import { messageOf } from '../../domain/unknown.ts';
import { compareSnapshots } from '../event-store/embedded/compare-snapshots.ts';
import { compareReadModel } from './compare-read-model.ts';

type Deps = Parameters<typeof compareReadModel>[0] & {
  readonly log: Pick<EventStore, 'readAll' | 'readStream'>;
  /** Path of the data file. */
  readonly dataFile: string;
};

/** What a node keeps beside the log and believes: its read model, and folds of long streams for its next start. */
export const compareKept =
  ({ dataFile, ...deps }: Deps): CompareReadModel =>
  async (onProgress, signal) => {
    const model = await compareReadModel(deps)(onProgress, signal);
    if (E.isLeft(model)) return model;
    const folds = await TE.tryCatch(
      () => compareSnapshots({ log: deps.log, path: dataFile }, signal),
      (thrown): StoreError => ({ type: 'Unavailable', reason: `kept folds cannot be compared: ${messageOf(thrown)}` }),
    )();
    return pipe(
      folds,
      E.flatten,
      E.map((findings) => ({ ...model.right, findings: [...model.right.findings, ...findings] })),
    );
  };
