import * as E from 'fp-ts/lib/Either.js';
import { loadConfiguration } from '../../../src/adapters/configuration/load-configuration.ts';
import type { Env, ReadFile } from '../../../src/adapters/configuration/sources.ts';
import type { ConfigurationError } from '../../../src/adapters/configuration/errors.ts';
import type { Configuration } from '../../../src/adapters/configuration/configuration.ts';

const FILE = '/etc/holdfast/holdfast.yaml';

/** Files by absolute path, as the only ones there are. */
export const filesOf =
  (files: Readonly<Record<string, string>>): ReadFile =>
  (path, maxBytes) => {
    const content = files[path];
    if (content === undefined) {
      return E.left({ reason: 'there is no such file', tooLarge: false });
    }
    return content.length > maxBytes
      ? E.left({ reason: `it has more than ${maxBytes} bytes`, tooLarge: true })
      : E.right(content);
  };

type World = { readonly env?: Env; readonly files?: Readonly<Record<string, string>> };

/** Loads `file` (an object stands for its JSON) as /etc/holdfast/holdfast.yaml, in a world that holds nothing else than what is given. */
export const loadFile = (file: unknown, { env = {}, files = {} }: World = {}) => {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  return loadConfiguration({ ...env, HOLDFAST_CONFIG: FILE }, filesOf({ ...files, [FILE]: text }))();
};

/** The errors of a file that must not load, each as `path code`. */
export const errorsOf = async (file: unknown, world: World = {}): Promise<ReadonlyArray<ConfigurationError>> => {
  const loaded = await loadFile(file, world);
  return E.isLeft(loaded) ? loaded.left : Promise.reject(new Error('it was loaded, but should have been refused'));
};

export const placesOf = async (file: unknown, world: World = {}): Promise<ReadonlyArray<string>> =>
  (await errorsOf(file, world)).map(({ path, code }) => `${path} ${code}`);

/** What a file that must load is read as. */
export const configurationOf = async (file: unknown, world: World = {}): Promise<Configuration> => {
  const loaded = await loadFile(file, world);
  return E.isRight(loaded) ? loaded.right : Promise.reject(new Error(JSON.stringify(loaded.left, null, 1)));
};
