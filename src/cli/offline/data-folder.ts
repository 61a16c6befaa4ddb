import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { readEnvironment } from '../../adapters/configuration/environment.ts';
import { formatConfigurationErrors } from '../../application/configuration-error.ts';
import { DATA_FILE } from '../../composition/open-storage.ts';

/** The data folder that `HOLDFAST_DATA` names, and its file. Left: what is wrong with the environment, in lines. */
export const dataFolder = (
  env: NodeJS.ProcessEnv,
): E.Either<string, { readonly folder: string; readonly file: string }> => {
  const environment = readEnvironment(env);
  if (E.isLeft(environment)) return E.left(formatConfigurationErrors(environment.left));
  const { dataFolder: folder } = environment.right;
  return E.right({ folder, file: join(folder, DATA_FILE) });
};
