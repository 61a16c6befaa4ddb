import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { sha256Hex } from '../../adapters/hashing/sha256.ts';
import { HEAD_KEY_FILE, sha256Bytes } from '../../adapters/identity/head-key.ts';
import { removeAllGenerations } from '../../adapters/read-model/generations.ts';
import {
  backUpDataFile,
  type Enclosed,
  inspectBackup,
  partsThere,
  restoreDataFile,
} from '../../adapters/sqlite/backup-file.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { makePrivateFolder } from '../../adapters/sqlite/private-files.ts';
import { type AuditReport, verifyEvents } from '../../application/audit/verify-log.ts';
import { DATA_FILE } from '../../composition/open-storage.ts';
import { toInstant } from '../../domain/time/time.ts';
import { isObject, messageOf } from '../../domain/unknown.ts';
import { type CliContext, type ExitCode, exitCode, progressMaker, second } from '../terminal.ts';
import { dataFolder, hasLog, withReadOnlyLog } from './installation-commands.ts';

type Json = { readonly json?: boolean };
export type RestoreOptions = Json & { readonly force?: boolean };

/** What a backup says of itself. `root`: of the tree over all events, base64; null: its log is in EventStoreDB. */
type About = { readonly madeAt: string; readonly root: string | null };

const ABOUT = 'about.json';

/** `report` is null where the log is in EventStoreDB. */
type Verified = { readonly report: AuditReport | null };

const rootOf = ({ report }: Verified): string | null =>
  report === null ? null : Buffer.from(report.tree.root()).toString('base64');

/** Verifies the log in a data file, all of it, with a progress bar. Left: why it cannot be read. */
const verified = async (context: CliContext, path: string): Promise<E.Either<string, Verified>> => {
  const found = hasLog(path);
  if (E.isLeft(found)) return found;
  if (!found.right) return E.right({ report: null });
  const progress = (await progressMaker(context.terminal))('verifying');
  const report = await withReadOnlyLog(path, async (log) =>
    pipe(
      await verifyEvents(log, { sha256: sha256Hex, sha256Bytes }, progress.at),
      E.mapLeft((error) => `its log cannot be read: ${JSON.stringify(error)}`),
    ),
  );
  progress.end();
  return E.isLeft(report) ? report : E.right({ report: report.right });
};

const findingsIn = ({ report }: Verified): number => (report === null ? 0 : report.findings.length + report.more);

const MEGABYTE = 1_000_000;
const sizeOf = (path: string): string => `${(statSync(path).size / MEGABYTE).toFixed(1)} MB`;

const described = (verification: Verified): string =>
  verification.report === null
    ? 'the log is in EventStoreDB and not in this file: back it up there as well'
    : `${verification.report.events} events, up to position ${verification.report.position}, root ${rootOf(verification)}`;

const failed = ({ terminal }: CliContext, reason: string): ExitCode => {
  terminal.err(`holdfast: ${reason}`);
  return exitCode.failed;
};

const headKeyIn = async (folder: string): Promise<Enclosed> => {
  const path = join(folder, HEAD_KEY_FILE);
  return new Map(existsSync(path) ? [[HEAD_KEY_FILE, await readFile(path)]] : []);
};

/**
 * Writes one file with all that a data folder must not lose: log, API keys, secret, built-in calendars, positions, and the
 * key of heads. Also beside a running server. The log in it is verified; where it is broken the file stays, with exit code 1.
 */
export const backUp = async (context: CliContext, file: string, { json = false }: Json): Promise<ExitCode> => {
  const { terminal, env } = context;
  const data = dataFolder(env);
  if (E.isLeft(data)) return failed(context, data.left);
  const path = resolve(file);
  const [there] = partsThere(path);
  if (there !== undefined) return failed(context, `${there} is there already: name another file`);
  const copying = (await progressMaker(terminal))('copying');
  const read: { verification: E.Either<string, Verified> | null } = { verification: null };
  const enclose = async (copy: string): Promise<Enclosed> => {
    copying.end();
    const verification = await verified(context, copy);
    read.verification = verification;
    // The draft goes; why is said below, in words of the log and not of the disk.
    if (E.isLeft(verification)) throw new Error(verification.left);
    const about: About = { madeAt: toInstant(systemClock.now()), root: rootOf(verification.right) };
    const headKey = await headKeyIn(data.right.folder);
    return new Map([[ABOUT, new TextEncoder().encode(JSON.stringify(about))], ...headKey]);
  };
  const backedUp = await backUpDataFile(data.right.file, path, { onProgress: copying.at, enclose });
  const { verification } = read;
  if (verification !== null && E.isLeft(verification))
    return failed(context, `nothing was written: ${verification.left}`);
  if (E.isLeft(backedUp)) return failed(context, describeDataFileError(backedUp.left));
  if (verification === null) return failed(context, 'nothing was written: the copy was not read');
  const findings = findingsIn(verification.right);
  if (json) {
    const { report } = verification.right;
    const log = report === null ? null : { events: report.events, position: report.position };
    terminal.out(JSON.stringify({ file: path, log, root: rootOf(verification.right), findings }));
  } else {
    terminal.out(`${path}, ${sizeOf(path)}: ${described(verification.right)}`);
    terminal.out('It holds personal data and secrets, as the data folder does: keep it where only you can read it.');
  }
  if (findings === 0) return exitCode.fine;
  return failed(
    context,
    `the log in it is broken, in ${findings} places, as in the data folder: see "holdfast audit verify"`,
  );
};

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
  return { madeAt: about.madeAt, root: typeof about.root === 'string' ? about.root : null };
};

/** Why this backup is better not restored; null: nothing is wrong with it. */
const faultOf = (about: About, verification: Verified): string | null => {
  const findings = findingsIn(verification);
  if (findings > 0) return `the log in it is broken, in ${findings} places`;
  if (rootOf(verification) !== about.root) return 'its log is not the one that was backed up: it was changed since';
  return null;
};

/** Puts the key of heads back; one that is there already stays. */
const restoreHeadKey = async (folder: string, enclosed: Enclosed): Promise<void> => {
  const key = enclosed.get(HEAD_KEY_FILE);
  const path = join(folder, HEAD_KEY_FILE);
  if (key !== undefined && !existsSync(path)) await writeFile(path, key, { mode: 0o600, flag: 'wx' });
};

/**
 * Makes a data folder of a backup: one that has no data file. The backup is verified before; `force` takes one that is
 * broken. Read models that lie there are removed, since they are of another log; the next start makes them anew.
 */
export const restore = async (
  context: CliContext,
  file: string,
  { json = false, force = false }: RestoreOptions,
): Promise<ExitCode> => {
  const { terminal, env } = context;
  const data = dataFolder(env);
  if (E.isLeft(data)) return failed(context, data.left);
  const { folder } = data.right;
  const [there] = partsThere(data.right.file);
  if (there !== undefined)
    return failed(context, `${there} is there: stop the server, and move it and what begins like it elsewhere first`);
  const path = resolve(file);
  const enclosed = inspectBackup(path);
  if (E.isLeft(enclosed)) {
    const { left } = enclosed;
    return failed(
      context,
      left.type === 'NoBackup'
        ? `${path} is a data file and no backup: with the server stopped it can be copied as it is`
        : describeDataFileError(left),
    );
  }
  const about = aboutOf(enclosed.right);
  if (about === null) return failed(context, `${path} does not say what it is a backup of: it was changed`);
  const verification = await verified(context, path);
  if (E.isLeft(verification)) return failed(context, verification.left);
  const fault = faultOf(about, verification.right);
  if (fault !== null && !force)
    return failed(context, `${fault}. Take an older backup, or say --force to restore it all the same`);
  try {
    makePrivateFolder(folder, DATA_FILE);
    await restoreHeadKey(folder, enclosed.right);
    removeAllGenerations(folder);
  } catch (thrown) {
    return failed(context, `${folder} cannot be written: ${messageOf(thrown)}`);
  }
  const restored = await restoreDataFile(path, data.right.file);
  if (E.isLeft(restored)) return failed(context, describeDataFileError(restored.left));
  if (fault !== null) terminal.err(`holdfast: restored all the same: ${fault}`);
  if (json) {
    const { report } = verification.right;
    const log = report === null ? null : { events: report.events, position: report.position };
    terminal.out(JSON.stringify({ folder, madeAt: about.madeAt, log, root: rootOf(verification.right), fault }));
    return exitCode.fine;
  }
  terminal.out(`${folder} is as it was at ${second(about.madeAt)}: ${described(verification.right)}`);
  terminal.out('What happened since then is not in it: docs/backup.md says what that means for calendars and guests.');
  return exitCode.fine;
};
