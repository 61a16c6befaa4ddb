import type { StoreError } from '../../application/ports/event-store.ts';

/** Why there is no new read model. The old one, if any, stays in use. */
export type RebuildError =
  | { readonly type: 'RebuildUnderWay' }
  /** An event that a projection cannot fold: the old read model stays in use. `reason` names position and stream. */
  | { readonly type: 'EventNotFolded'; readonly projection: string; readonly reason: string }
  /** The log cannot be read. */
  | { readonly type: 'LogUnreadable'; readonly error: StoreError }
  /** The new file cannot be written. */
  | { readonly type: 'FileFailure'; readonly reason: string }
  | { readonly type: 'Aborted' };

/** One line for the operator. */
export const describeRebuildError = (error: RebuildError): string => {
  switch (error.type) {
    case 'EventNotFolded':
      return `the read model cannot be built: projection ${error.projection}: ${error.reason}`;
    case 'LogUnreadable':
      return `the log cannot be read: ${'reason' in error.error ? error.error.reason : error.error.type}`;
    case 'FileFailure':
      return `the read model cannot be written: ${error.reason}`;
    case 'RebuildUnderWay':
      return 'another process is building the read model';
    case 'Aborted':
      return 'it was called off';
  }
};
