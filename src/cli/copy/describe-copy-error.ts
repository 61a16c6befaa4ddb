import type { CopyError } from '../../application/copying/copying.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import { printable } from '../output/printable.ts';

const AGAIN = 'What was copied stays: run the same command again to go on.';

const reasonOf = (error: StoreError): string => ('reason' in error ? error.reason : JSON.stringify(error));

const describe = (error: CopyError): string => {
  switch (error.type) {
    case 'Aborted':
      return `called off. ${AGAIN}`;
    case 'SourceFailed':
      return `the log to copy from cannot be read: ${reasonOf(error.error)}`;
    case 'TargetFailed':
      return `the log to copy to failed: ${reasonOf(error.error)}. ${AGAIN}`;
    case 'OtherContent':
      return `the target is not a copy: ${error.stream}, revision ${error.revision}: ${error.reason}. Nothing was overwritten.`;
    case 'Gap':
      return `the log to copy from lacks an event: ${error.stream}, revision ${error.revision}`;
    case 'BrokenChain':
      return `the logs are the same, and the chain is broken in both: ${error.stream}, revision ${error.revision}; see "holdfast audit verify"`;
  }
};

/** The line that an operator reads. Names of streams come from a log that others may write to. */
export const describeCopyError = (error: CopyError): string => printable(describe(error));
