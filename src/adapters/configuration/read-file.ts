import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { ReadFailure, ReadFile } from './sources.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
};

const failure = (reason: string, tooLarge = false): ReadFailure => ({ reason, tooLarge });

/** Only the code of a system error is told; its message repeats the path. */
const reasonOf = (error: unknown): string => {
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
      (error) => failure(reasonOf(error)),
    ),
  );
