import { type InstallationRefusal, describeRefusal } from '../adapters/cluster/node.ts';
import { describeDataFileError } from '../adapters/sqlite/inspect-file.ts';
import type { ApiKeyError } from '../application/ports/keys-and-tokens.ts';
import type { ListenError } from './listen.ts';
import type { StorageError } from './open-storage.ts';

export type StartError = StorageError | InstallationRefusal | ApiKeyError | ListenError;

/**
 * Exit code of a server that did not start. 2: the configuration has to be changed; 1: anything else, where another
 * start may succeed.
 */
export const startExitCode = (error: StartError): 1 | 2 =>
  error.type === 'NoEventStore' && error.code !== null ? 2 : 1;

/** Why the server cannot start, in one line for the operator. */
export const describeStartError = (error: StartError): string => {
  switch (error.type) {
    case 'CannotListen':
      return `Cannot listen: ${error.reason}.`;
    case 'NoEventStore':
      return `The log cannot be used: ${error.reason}.${error.code === null ? '' : ` [${error.code}]`}`;
    case 'LogBehind': {
      const { path, head, known } = error;
      const state = head === null ? 'is gone' : `ends at position ${head}`;
      const rest =
        head === null
          ? 'To start anew, delete the read model and read-model.current too.'
          : 'If the older one is meant, say "holdfast projections rebuild"; docs/backup.md says what an older log does to calendars and guests.';
      return `${path} ${state}, and ${known.path} knows ${known.position} events of it: what is newer would be lost. Put the newest data file back. ${rest}`;
    }
    case 'OtherLog':
      return error.held === 'embedded'
        ? `${error.path} has a log in it. With EventStoreDB, take a new data folder.`
        : `The log of ${error.path} is in EventStoreDB. For the embedded engine, take a new data folder.`;
    case 'OtherInstallation':
    case 'OtherSecret':
    case 'NodeNameTaken':
    case 'CalendarElsewhere':
    case 'CopiedFolder':
      return describeRefusal(error);
    case 'TooManyKeys':
      return `There are ${error.limit} API keys already.`;
    case 'KeyFolderUnusable':
      return `The keys of personal data in ${error.path} cannot be used: ${error.reason}.`;
    case 'Unavailable':
    case 'OutcomeUnknown':
    case 'Corrupt':
      return `The data file cannot be used: ${error.reason}.`;
    case 'RevisionConflict':
    case 'TooLarge':
      return `The data file refused a write: ${error.type}.`;
    case 'NotWritable':
    case 'AlreadyOpen':
    case 'Missing':
    case 'NotADatabase':
    case 'NotHoldfast':
    case 'NewerSchema':
    case 'Empty':
    case 'WithoutWal':
    case 'ManyNames':
    case 'Truncated':
    case 'Damaged':
      return describeDataFileError(error);
  }
};
