import { resolve } from 'node:path';
import type * as E from 'fp-ts/lib/Either.js';

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
