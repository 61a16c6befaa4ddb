import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** `tooLarge` tells the size limit apart from the other reasons. Reasons are plain words: no path, no content. */
export type ReadFailure = { readonly reason: string; readonly tooLarge: boolean };

/** A whole file as text (UTF-8). Reads at most `maxBytes`. Synchronous: a handful of small files, once, at start. */
export type ReadFile = (path: string, maxBytes: number) => E.Either<ReadFailure, string>;

/** What a configuration file may refer to. `folder`: where the file lies; paths in it are relative to that. */
export type Sources = {
  readonly env: Env;
  readonly readFile: ReadFile;
  readonly folder: string;
  readonly allowPrivateAddresses: boolean;
};

/** A file that the configuration names, such as a password or a certificate; 64 KiB holds the largest sensible one. */
const MAX_REFERENCED_FILE_BYTES = 65_536;

export const readReferenced = (sources: Sources, path: string): E.Either<ReadFailure, string> =>
  sources.readFile(resolve(sources.folder, path), MAX_REFERENCED_FILE_BYTES);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
};

const failure = (reason: string, tooLarge = false): ReadFailure => ({ reason, tooLarge });

/** Only the code of a system error is told; its message repeats the path. */
const whyUnread = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (code === '' || code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text' : code);
};

/** One byte more than allowed is asked for, which tells a file that is too large, also one that grows meanwhile. */
const readWithin = (descriptor: number, maxBytes: number): E.Either<ReadFailure, string> => {
  if (!fstatSync(descriptor).isFile()) {
    return E.left(failure('it is not an ordinary file'));
  }
  const bytes = new Uint8Array(maxBytes + 1);
  const length = readSync(descriptor, bytes, 0, bytes.length, 0);
  return length > maxBytes
    ? E.left(failure(`it has more than ${maxBytes} bytes`, true))
    : E.right(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)));
};

/** `ReadFile` over the file system. Opened without blocking, since a pipe would wait for a writer. */
export const readFile: ReadFile = (path, maxBytes) =>
  E.flatten(
    E.tryCatch(
      () => {
        const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
        try {
          return readWithin(descriptor, maxBytes);
        } finally {
          closeSync(descriptor);
        }
      },
      (error) => failure(whyUnread(error)),
    ),
  );
