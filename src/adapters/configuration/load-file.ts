import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Configuration, StoreSettings } from '../../application/configuration.ts';
import { configuration } from './configuration-decoder.ts';
import { crossCheck } from './cross-checks.ts';
import { all, isAbsent, problem, type Validated } from './decoder.ts';
import { at } from './outline.ts';
import { parseFile } from './parse-file.ts';
import type { Env, ReadFailure, ReadFile, Sources } from './sources.ts';
import { EMBEDDED, store } from './store-decoder.ts';

/** A thousand hosts take less. */
export const MAX_CONFIGURATION_BYTES = 1_048_576;

const readText = (path: string, readFile: ReadFile): Validated<string> =>
  E.mapLeft(({ reason, tooLarge }: ReadFailure) =>
    problem(
      'HOLDFAST_CONFIG',
      tooLarge ? 'too_large' : 'unreadable',
      `the configuration file cannot be read: ${reason}`,
    ),
  )(readFile(path, MAX_CONFIGURATION_BYTES));

/** Parts and cross-checks together, so that the errors of both are told at once. */
const decode =
  (sources: Sources) =>
  (file: unknown): Validated<Configuration> => {
    const crossErrors = crossCheck(file);
    const coherent: Validated<null> = crossErrors.length === 0 ? E.right(null) : E.left(crossErrors);
    return E.map((both: { readonly decoded: Configuration }) => both.decoded)(
      all({ decoded: configuration(sources)(file, ''), coherent }),
    );
  };

const sourcesOf = (env: Env, readFile: ReadFile, path: string): Sources => {
  const allowPrivateAddresses = env.HOLDFAST_ALLOW_PRIVATE_ADDRESSES === '1';
  return { env, readFile, folder: dirname(path), allowPrivateAddresses };
};

/** The configuration in the file at `path`; all errors of the file and its secrets at once. */
export const loadFile = (env: Env, readFile: ReadFile, path: string): Validated<Configuration> =>
  E.chain(decode(sourcesOf(env, readFile, path)))(E.chain(parseFile)(readText(path, readFile)));

/** Where the file says that the log is; nothing else of it is looked at. */
export const loadStoreOf = (env: Env, readFile: ReadFile, path: string): Validated<StoreSettings> => {
  const decodeStore = (file: unknown): Validated<StoreSettings> => {
    const value = at(file, 'store');
    return isAbsent(value) ? E.right(EMBEDDED) : store(sourcesOf(env, readFile, path))(value, 'store');
  };
  return E.chain(decodeStore)(E.chain(parseFile)(readText(path, readFile)));
};
