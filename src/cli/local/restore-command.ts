import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HEAD_KEY_FILES } from '../../adapters/identity/head-key-rotation.ts';
import { removeAllGenerations } from '../../adapters/read-model/generations.ts';
import {
  type Enclosed,
  ENCLOSED_TABLE,
  inspectBackup,
  partsThere,
  restoreDataFile,
} from '../../adapters/sqlite/backup-file.ts';
import { contentDigest } from '../../adapters/sqlite/content-digest.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { makePrivateFolder } from '../../adapters/sqlite/private-files.ts';
import { DATA_FILE } from '../../composition/open-storage.ts';
import { isObject, messageOf } from '../../domain/unknown.ts';
import { type CliContext, type ExitCode, exitCode, second } from '../terminal.ts';
import {
  ABOUT,
  type About,
  described,
  endFailed,
  findingsIn,
  logIn,
  type BackupOptions,
  rootOf,
  verified,
  type Verified,
} from './backup-command.ts';
import { planRestoredKeys, readKeysAt, type RestoredKeys } from './enclosed-keys.ts';
import { dataFolder } from './installation-commands.ts';
import { sealCalendars } from './sealed-calendars.ts';

/** `privacyKeys`: the file into which the keys of personal data were written apart from the backup. */
export type RestoreOptions = Pick<BackupOptions, 'json'> & { readonly force?: boolean; readonly privacyKeys?: string };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody changed it; the caller says so.
    return null;
  }
};

const aboutOf = (enclosed: Enclosed): About | null => {
  const content = enclosed.get(ABOUT);
  if (content === undefined) return null;
  const about = parsed(new TextDecoder().decode(content));
  if (!isObject(about) || typeof about.madeAt !== 'string') return null;
  const [root, rest] = [about.root, about.rest].map((text) => (typeof text === 'string' ? text : null));
  return { madeAt: about.madeAt, root: root ?? null, rest: rest ?? null };
};

const withoutAbout = (enclosed: Enclosed): Enclosed => new Map([...enclosed].filter(([name]) => name !== ABOUT));

/** Why this backup is better not restored; null: nothing is wrong with it. */
const faultOf = (about: About, verification: Verified, restNow: () => string): string | null => {
  const findings = findingsIn(verification);
  if (findings > 0) return `the log in it is broken, in ${findings} places [log_broken]`;
  if (rootOf(verification) !== about.root)
    return 'its log is not the one that was backed up: it was changed since [backup_changed]';
  if (about.rest !== null && restNow() !== about.rest)
    return 'what it has beside the log is not what was backed up: it was changed since [backup_changed]';
  return null;
};

/** Puts the key of heads and its rotations back; what is there already stays. */
const restoreHeadKey = async (folder: string, enclosed: Enclosed): Promise<void> => {
  for (const name of HEAD_KEY_FILES) {
    const content = enclosed.get(name);
    const path = join(folder, name);
    if (content !== undefined && !existsSync(path)) await writeFile(path, content, { mode: 0o600, flag: 'wx' });
  }
};

const keyLines = ({ restored, forgotten }: RestoredKeys): ReadonlyArray<string> =>
  restored + forgotten === 0
    ? []
    : [`${restored} keys of people are back; ${forgotten} who were forgotten since stay so`];

const enclosedIn = (path: string): E.Either<string, Enclosed> =>
  pipe(
    inspectBackup(path),
    E.mapLeft((error) =>
      error.type === 'NoBackup'
        ? `${path} is a data file and no backup: with the server stopped it can be copied as it is [not_a_backup]`
        : describeDataFileError(error),
    ),
  );

const keysApart = async (file: string | undefined): Promise<E.Either<string, Enclosed>> => {
  if (file === undefined) return E.right(new Map());
  try {
    return E.right(await readKeysAt(resolve(file)));
  } catch (thrown) {
    return E.left(`the keys of personal data cannot be read: ${messageOf(thrown)} [privacy_keys_unusable]`);
  }
};

/**
 * Makes a data folder of a backup: one that has no data file. The backup is verified before; `force` takes one that is
 * broken. Read models that lie there are removed, since they are of another log; the next start makes them anew.
 */
export const restore = async (
  context: CliContext,
  file: string,
  { json = false, force = false, privacyKeys }: RestoreOptions,
): Promise<ExitCode> => {
  const { terminal, env } = context;
  const data = dataFolder(env);
  if (E.isLeft(data)) return endFailed(context, data.left);
  const { folder } = data.right;
  const [there] = partsThere(data.right.file);
  if (there !== undefined)
    return endFailed(
      context,
      `${there} is there: stop the server, and move it and what begins like it elsewhere first [data_file_exists]`,
    );
  const path = resolve(file);
  const enclosed = enclosedIn(path);
  if (E.isLeft(enclosed)) return endFailed(context, enclosed.left);
  const about = aboutOf(enclosed.right);
  if (about === null)
    return endFailed(context, `${path} does not say what it is a backup of: it was changed [backup_changed]`);
  const verification = await verified(context, path);
  if (E.isLeft(verification)) return endFailed(context, verification.left);
  const fault = faultOf(about, verification.right, () =>
    contentDigest(path, withoutAbout(enclosed.right), ENCLOSED_TABLE),
  );
  if (fault !== null && !force)
    return endFailed(
      context,
      fault.replace(/( \[\w+\])$/, '. Take an older backup, or say --force to restore it all the same$1'),
    );
  const apart = await keysApart(privacyKeys);
  if (E.isLeft(apart)) return endFailed(context, apart.left);
  let keys: RestoredKeys;
  try {
    makePrivateFolder(folder, DATA_FILE);
    await restoreHeadKey(folder, enclosed.right);
    keys = await planRestoredKeys(data.right.keys, new Map([...enclosed.right, ...apart.right])).write();
    removeAllGenerations(folder);
  } catch (thrown) {
    return endFailed(context, `${folder} cannot be written: ${messageOf(thrown)} [folder_unwritable]`);
  }
  const restored = await restoreDataFile(path, data.right.file, (draft) =>
    // Those of earlier releases have people in the clear, also those who were forgotten since.
    sealCalendars(draft, data.right.keys),
  );
  if (E.isLeft(restored)) return endFailed(context, describeDataFileError(restored.left));
  if (fault !== null) terminal.err(`holdfast: restored all the same: ${fault}`);
  if (json) {
    const told = { folder, madeAt: about.madeAt, log: logIn(verification.right), root: rootOf(verification.right) };
    terminal.out(JSON.stringify({ ...told, fault, keys }));
    return exitCode.fine;
  }
  terminal.out(`${folder} is as it was at ${second(about.madeAt)}: ${described(verification.right)}`);
  for (const line of keyLines(keys)) terminal.out(line);
  terminal.out('What happened since then is not in it: docs/backup.md says what that means for calendars and guests.');
  return exitCode.fine;
};
