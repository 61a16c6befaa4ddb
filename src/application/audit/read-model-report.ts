import type * as E from 'fp-ts/lib/Either.js';
import type { StoreError } from '../ports/event-store.ts';
import type { Findings } from './finding.ts';
import type { AuditReport } from './verify-log.ts';

/**
 * What the read model of a node is like beside the log. `position`: up to which it was compared, and `rows`, how many; null: it
 * was not, and `note` says why.
 */
export type ReadModelReport = {
  readonly position: number | null;
  readonly rows: number;
  readonly note: string | null;
} & Findings;

/** Makes the read model again, beside the one in use, and compares. `signal`: nobody waits any more. */
export type CompareReadModel = (
  onProgress: (done: number, all: number) => void,
  signal?: AbortSignal,
) => Promise<E.Either<StoreError, ReadModelReport>>;

/** A report with what was found in the read model behind what was found in the log. */
export const withReadModel = (report: AuditReport, model: ReadModelReport): AuditReport => ({
  ...report,
  findings: [...report.findings, ...model.findings],
  more: report.more + model.more,
});

/** How it was compared, as data; its findings stand among the others. Null: a part of the log was asked for. */
export const readModelData = (model: ReadModelReport | null) => {
  if (model === null) return {};
  const { position, rows, note } = model;
  return { readModel: { position, rows, note } };
};
