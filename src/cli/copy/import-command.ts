import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { access } from 'node:fs/promises';
import { readLines } from '../../adapters/files/read-lines.ts';
import { sha256Hex } from '../../adapters/hashing/sha256.ts';
import { importLog, type ImportError, type ImportReport } from '../../application/audit/import-log.ts';
import { messageOf, reasonOf } from '../../domain/unknown.ts';
import { type CliContext, type ExitCode, exitCode, startProgress } from '../terminal.ts';
import { endFailed } from '../local/backup-command.ts';
import { bringKeys, keysBeside, type KeysThere, tellKeys } from './bring-keys.ts';
import { type CopyOptions, readTarget, withTarget } from './copy-places.ts';

const describeImportError = (error: ImportError): string => {
  switch (error.type) {
    case 'BadLine':
      return `line ${error.line} of the export: ${error.reason}. Nothing was written. [bad_line]`;
    case 'NotEmpty':
      return 'the log to import into has events that are not the first ones of this export. Nothing was written. [log_not_empty]';
    default:
      return `the log cannot be written: ${reasonOf(error)}. Run the same command again to go on. [log_unavailable]`;
  }
};

type Imported = ImportReport & { readonly privacyKeys: KeysThere };

/** Writes an export that `audit export` has made into an empty log, and the keys that are brought beside it. */
export const importStore = async (context: CliContext, path: string, options: CopyOptions): Promise<ExitCode> => {
  const { env, terminal } = context;
  const place = await readTarget(env, options);
  if (E.isLeft(place)) {
    terminal.err(`holdfast: ${place.left} [invalid_usage]`);
    return exitCode.usage;
  }
  const keys = await keysBeside(env, place.right, options.privacyKeys);
  if (E.isLeft(keys)) return endFailed(context, keys.left);
  const progress = await startProgress(terminal, 'importing');
  const tell = (problem: string): void => terminal.err(`holdfast: ${problem}`);
  const imported = await access(path)
    .then(() =>
      withTarget<Imported>(place.right, tell, async (log) => {
        const report = await importLog(() => readLines(path), log, sha256Hex, progress.at);
        if (E.isLeft(report)) return E.left(describeImportError(report.left));
        return pipe(
          await bringKeys(log, keys.right),
          E.map((privacyKeys) => ({ ...report.right, privacyKeys })),
        );
      }),
    )
    .catch((thrown: unknown) => E.left(`${path} cannot be read: ${messageOf(thrown)} [file_unreadable]`));
  progress.end();
  if (E.isLeft(imported)) return endFailed(context, imported.left);
  const { events, streams, alreadyThere, outOfOrder } = imported.right;
  if (outOfOrder !== null)
    tell(
      `event ${outOfOrder} of the export stood before the one ahead of it: the lines are not in the order of the log, as where bookings were chosen, and the head is another one [other_order]`,
    );
  terminal.out(
    options.json
      ? JSON.stringify(imported.right)
      : `${events} events in ${streams} streams are in the log, ${alreadyThere} of them from before: "holdfast audit verify" proves them`,
  );
  tellKeys(terminal, imported.right.privacyKeys);
  return exitCode.fine;
};
