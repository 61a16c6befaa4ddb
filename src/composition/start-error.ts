import type { DataFileError } from '../adapters/sqlite/data-file-error.ts';
import { describeDataFileError } from '../adapters/sqlite/data-file-error.ts';
import type { ApiKeyError } from '../application/ports/api-keys.ts';
import type { ListenError } from './listen.ts';

export type StartError = DataFileError | ApiKeyError | ListenError;

/** Why the server cannot start, in one line for the operator. */
export const describeStartError = (error: StartError): string => {
  switch (error.type) {
    case 'CannotListen':
      return `Cannot listen: ${error.reason}.`;
    case 'TooManyKeys':
      return `There are ${error.limit} API keys already.`;
    case 'Unavailable':
    case 'OutcomeUnknown':
    case 'Corrupt':
      return `The data file cannot be used: ${error.reason}.`;
    case 'RevisionConflict':
    case 'TooLarge':
      return `The data file refused a write: ${error.type}.`;
    default:
      return describeDataFileError(error);
  }
};
