import * as E from 'fp-ts/lib/Either.js';
import { join, resolve } from 'node:path';
import { readEnvironment } from '../../adapters/configuration/environment.ts';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import { KEY_FOLDER } from '../../adapters/privacy/key-files.ts';
import { readSubjectKeys } from '../../adapters/privacy/subject-key-folder.ts';
import { describeStoreError } from '../../application/ports/event-store.ts';
import type { AuditLog } from '../../application/audit/read-for-audit.ts';
import { type KeysOfLog, keysOfLog } from '../../application/privacy/used-keys.ts';
import { messageOf } from '../../domain/unknown.ts';
import { planRestoredKeys, readKeysAt, type RestoredKeys, type RestorePlan } from '../local/enclosed-keys.ts';
import type { Terminal } from '../terminal.ts';
import type { Place } from './copy-places.ts';

/**
 * Keys of personal data beside a log that was copied or imported. They never come by themselves: whoever makes a second place
 * of them has to say so, since somebody who is forgotten has to be forgotten there too.
 */
export type KeysBeside = {
  /** Where a server on the target looks for them; null: nowhere, as EventStoreDB without HOLDFAST_PRIVACY_KEYS. */
  readonly folder: string | null;
  /** Null: none are brought. */
  readonly plan: RestorePlan | null;
};

/** Before anything is written. Left: why the keys of `--privacy-keys` cannot be brought there. */
export const keysBeside = async (
  env: NodeJS.ProcessEnv,
  target: Place,
  given: string | undefined,
): Promise<E.Either<string, KeysBeside>> => {
  const environment = readEnvironment(env);
  if (E.isLeft(environment)) return E.left(formatConfigurationErrors(environment.left));
  const inData = target.type === 'data' ? join(target.folder, KEY_FOLDER) : null;
  const folder = environment.right.keyFolder ?? inData;
  if (given === undefined) return E.right({ folder, plan: null });
  if (folder === null)
    return E.left(
      '--privacy-keys: say where the keys are to be, as HOLDFAST_PRIVACY_KEYS: a folder that all nodes share [invalid_usage]',
    );
  try {
    return E.right({ folder, plan: planRestoredKeys(folder, await readKeysAt(resolve(given))) });
  } catch (thrown) {
    return E.left(`the keys of ${given} cannot be brought: ${messageOf(thrown)} [privacy_keys_unusable]`);
  }
};

/** `brought`: null where none were. */
export type KeysThere = KeysOfLog & { readonly folder: string | null; readonly brought: RestoredKeys | null };

/** Writes the keys that are brought, and looks which ones the log lacks then. */
export const bringKeys = async (log: AuditLog, { folder, plan }: KeysBeside): Promise<E.Either<string, KeysThere>> => {
  let brought: RestoredKeys | null = null;
  try {
    brought = plan === null ? null : await plan.write();
  } catch (thrown) {
    return E.left(
      `the keys of personal data cannot be written: ${messageOf(thrown)}. Run the same command again to go on. [privacy_keys_unwritable]`,
    );
  }
  const keys = folder === null ? E.right({ isMissing: () => true }) : readSubjectKeys(folder);
  if (E.isLeft(keys))
    return E.left(`the keys in ${keys.left.path} cannot be used: ${keys.left.reason} [privacy_keys_unusable]`);
  const found = await keysOfLog(log, keys.right);
  if (E.isLeft(found)) return E.left(`the log cannot be read: ${describeStoreError(found.left)}`);
  return E.right({ ...found.right, folder, brought });
};

/** What somebody has to know of the keys, on standard error, so that standard output is the same with keys and without. */
export const tellKeys = ({ err }: Pick<Terminal, 'err'>, { used, missing, folder, brought }: KeysThere): void => {
  if (brought !== null)
    err(`${brought.restored} keys of people are now in ${folder}; ${brought.forgotten} who were forgotten stay so`);
  if (missing === 0) return;
  const place = folder === null ? 'here, and no folder for them is named (HOLDFAST_PRIVACY_KEYS)' : `in ${folder}`;
  err(
    `holdfast: ${missing} of the ${used} keys that seal personal data in this log are not ${place}: it reads as erased. ` +
      'To bring them, run the same command again with --privacy-keys and the folder of keys beside the log that this one ' +
      'is a copy of, or the file that "holdfast backup --privacy-keys" made of them there [privacy_keys_missing]',
  );
};
