import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { existsSync, statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { HEAD_KEY_FILES } from '../../adapters/identity/head-key-rotation.ts';
import { backUpDataFile, type Enclosed, ENCLOSED_TABLE, partsThere } from '../../adapters/sqlite/backup-file.ts';
import { contentDigest } from '../../adapters/sqlite/content-digest.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { describeStoreError } from '../../application/ports/event-store.ts';
import type { AuditReport } from '../../application/audit/verify-log.ts';
import { toInstant } from '../../domain/time/time.ts';
import { messageOf } from '../../domain/unknown.ts';
import { type CliContext, type ExitCode, exitCode, progressMaker } from '../terminal.ts';
import { keysIn, writeKeysFile } from './enclosed-keys.ts';
import { sealCalendars } from './sealed-calendars.ts';
import { dataFolder, hasLog, withReadOnlyLog } from './installation-commands.ts';

/** Where the keys of personal data go. `enclosed`: with everything else; `file`: apart from it, to be kept in another place. */
export type KeysGo = { readonly to: 'enclosed' | 'left-out' } | { readonly to: 'file'; readonly path: string };
export type BackupOptions = { readonly json?: boolean; readonly keys?: KeysGo };

/** What is said of keys that are not in the backup. */
const keysLines = (go: KeysGo, folder: string): ReadonlyArray<string> => {
  if (go.to === 'enclosed') return [];
  return go.to === 'file'
    ? [`The keys of personal data are in ${go.path}: keep it in another place than the backup.`]
    : [`The keys of personal data are not in it: keep a copy of ${folder}, or nobody can read that.`];
};

/**
 * What a backup says of itself. `root`: of the tree over all events, base64; null: its log is in EventStoreDB. `rest`: the
 * digest of everything else in it; null: an earlier release made it.
 */
export type About = { readonly madeAt: string; readonly root: string | null; readonly rest: string | null };

export const ABOUT = 'about.json';

/** `report` is null where the log is in EventStoreDB. */
export type Verified = { readonly report: AuditReport | null };

export const rootOf = ({ report }: Verified): string | null =>
  report === null ? null : Buffer.from(report.tree.root()).toString('base64');

/** Verifies the log in a data file, all of it, with a progress bar. Left: why it cannot be read. */
export const verified = async (context: CliContext, path: string): Promise<E.Either<string, Verified>> => {
  const found = hasLog(path);
  if (E.isLeft(found)) return found;
  if (!found.right) return E.right({ report: null });
  const progress = (await progressMaker(context.terminal))('verifying');
  const report = await withReadOnlyLog(path, async (_log, _own, verify) =>
    pipe(
      await verify(progress.at),
      E.mapLeft((error) => `its log cannot be read: ${describeStoreError(error)}`),
    ),
  );
  progress.end();
  return E.isLeft(report) ? report : E.right({ report: report.right });
};

/** How much of a log it is, as JSON has it. */
export const logIn = ({ report }: Verified) =>
  report === null ? null : { events: report.events, position: report.position };

export const findingsIn = ({ report }: Verified): number =>
  report === null ? 0 : report.findings.length + report.more;

const MEGABYTE = 1_000_000;
const sizeOf = (path: string): string => `${(statSync(path).size / MEGABYTE).toFixed(1)} MB`;

export const described = (verification: Verified): string =>
  verification.report === null
    ? 'the log is in EventStoreDB and not in this file: back it up there as well'
    : `${verification.report.events} events, up to position ${verification.report.position}, root ${rootOf(verification)}`;

export const endFailed = ({ terminal }: CliContext, reason: string): ExitCode => {
  terminal.err(`holdfast: ${reason}`);
  return exitCode.failed;
};

const headKeyIn = async (folder: string): Promise<Enclosed> => {
  const names = HEAD_KEY_FILES.filter((name) => existsSync(join(folder, name)));
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
};

/** What is in the way of files that are to be written; null: nothing. */
const takenName = (path: string, go: KeysGo): string | null => {
  const [there] = partsThere(path);
  if (there !== undefined) return `${there} is there already`;
  if (go.to !== 'file') return null;
  if (go.path === path) return `${path} cannot be the backup and its keys`;
  return existsSync(go.path) ? `${go.path} is there already` : null;
};

/** Why the keys cannot be written apart; null: they are. */
const keysFileFailed = async (path: string, keys: Enclosed): Promise<string | null> => {
  try {
    await writeKeysFile(path, keys);
    return null;
  } catch (thrown) {
    return `the keys of personal data cannot be written: ${messageOf(thrown)}`;
  }
};

/**
 * Writes one file with all that a data folder must not lose: log, API keys, secret, built-in calendars, positions, and the
 * key of heads. Also beside a running server. The log in it is verified; where it is broken the file stays, with exit code 1.
 */
export const backUp = async (
  context: CliContext,
  file: string,
  { json = false, keys: go = { to: 'enclosed' } }: BackupOptions,
): Promise<ExitCode> => {
  const { terminal, env } = context;
  const data = dataFolder(env);
  if (E.isLeft(data)) return endFailed(context, data.left);
  const path = resolve(file);
  const taken = takenName(path, go);
  if (taken !== null) return endFailed(context, `${taken}: name another file [file_exists]`);
  const copying = (await progressMaker(terminal))('copying');
  const read: { verification: E.Either<string, Verified> | null; keysFailed: string | null; hasKeysFile: boolean } = {
    verification: null,
    keysFailed: null,
    hasKeysFile: false,
  };
  const enclose = async (copy: string): Promise<Enclosed> => {
    copying.end();
    sealCalendars(copy, data.right.keys);
    const verification = await verified(context, copy);
    read.verification = verification;
    // The draft goes; why is said below, in words of the log and not of the disk.
    if (E.isLeft(verification)) throw new Error(verification.left);
    const headKey = await headKeyIn(data.right.folder);
    const keys: Enclosed = go.to === 'left-out' ? new Map() : await keysIn(data.right.keys);
    if (go.to === 'file') {
      read.keysFailed = await keysFileFailed(go.path, keys);
      if (read.keysFailed !== null) throw new Error(read.keysFailed);
      read.hasKeysFile = true;
    }
    const enclosed: Enclosed = new Map([...headKey, ...(go.to === 'enclosed' ? keys : [])]);
    const about: About = {
      madeAt: toInstant(systemClock.now()),
      root: rootOf(verification.right),
      rest: contentDigest(copy, enclosed, ENCLOSED_TABLE),
    };
    return new Map([[ABOUT, new TextEncoder().encode(JSON.stringify(about))], ...enclosed]);
  };
  const backedUp = await backUpDataFile(data.right.file, path, { onProgress: copying.at, enclose });
  const { verification, keysFailed } = read;
  // Keys without their backup are secrets that nobody looks for.
  if (E.isLeft(backedUp) && go.to === 'file' && read.hasKeysFile) await rm(go.path, { force: true });
  if (verification !== null && E.isLeft(verification))
    return endFailed(context, `nothing was written: ${verification.left}`);
  if (keysFailed !== null) return endFailed(context, `nothing was written: ${keysFailed} [privacy_keys_unwritable]`);
  if (E.isLeft(backedUp)) return endFailed(context, describeDataFileError(backedUp.left));
  if (verification === null) return endFailed(context, 'nothing was written: the copy was not read [copy_unread]');
  const findings = findingsIn(verification.right);
  if (json) {
    terminal.out(
      JSON.stringify({ file: path, log: logIn(verification.right), root: rootOf(verification.right), findings }),
    );
  } else {
    terminal.out(`${path}, ${sizeOf(path)}: ${described(verification.right)}`);
    terminal.out('It holds personal data and secrets, as the data folder does: keep it where only you can read it.');
    for (const line of keysLines(go, data.right.keys)) terminal.out(line);
  }
  if (findings === 0) return exitCode.fine;
  return endFailed(
    context,
    `the log in it is broken, in ${findings} places, as in the data folder: see "holdfast audit verify" [log_broken]`,
  );
};
