import { dirname } from 'node:path';

/** Why a data file cannot be used. Nothing was changed in it. */
export type DataFileError =
  | { readonly type: 'Missing'; readonly path: string }
  | { readonly type: 'AlreadyOpen'; readonly path: string }
  | { readonly type: 'NotADatabase'; readonly path: string }
  | { readonly type: 'NotHoldfast'; readonly path: string }
  | { readonly type: 'Truncated'; readonly path: string; readonly bytes: number; readonly expectedBytes: number }
  | { readonly type: 'Damaged'; readonly path: string; readonly reason: string }
  | { readonly type: 'NotWritable'; readonly path: string; readonly reason: string }
  | {
      readonly type: 'NewerSchema';
      readonly path: string;
      readonly component: string;
      readonly found: number;
      readonly known: number;
    };

/** One line for the operator: what is wrong with which file, and what to do. */
export const describeDataFileError = (error: DataFileError): string => {
  switch (error.type) {
    case 'Missing':
      return `${error.path} does not exist.`;
    case 'AlreadyOpen':
      return `${error.path} is in use by another Holdfast process. Stop it first, or use another data folder.`;
    case 'NotADatabase':
      return `${error.path} is not an SQLite database. It was left as it is.`;
    case 'NotHoldfast':
      return `${error.path} is an SQLite database of another program. It was left as it is.`;
    case 'Truncated':
      return `${error.path} is cut off: ${error.bytes} bytes, ${error.expectedBytes} expected. Restore it from a backup.`;
    case 'Damaged':
      return `${error.path} is damaged: ${error.reason}. Restore it from a backup.`;
    case 'NotWritable':
      return `${error.path} cannot be written (${error.reason}). Check the rights of the file and of ${dirname(error.path)}.`;
    case 'NewerSchema':
      return `${error.path} was written by a newer Holdfast: ${error.component} is at version ${error.found}, this one knows ${error.known}.`;
  }
};
