import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { sha256Hex } from '../../adapters/hashing/sha256.ts';
import { copyLog } from '../../application/log-migration/copy-log.ts';
import type { CopyError, CopyPhase, CopyProgress, CopyReport } from '../../application/log-migration/copying.ts';
import {
  type CliContext,
  type ExitCode,
  type Terminal,
  exitCode,
  type ProgressBar,
  progressMaker,
  printable,
} from '../terminal.ts';
import { endFailed } from '../local/backup-command.ts';
import { bringKeys, type KeysBeside, keysBeside, type KeysThere, tellKeys } from './bring-keys.ts';
import { type CopyOptions, type Places, readPlaces, withSource, withTarget } from './copy-places.ts';
import { reasonOf } from '../../domain/unknown.ts';

const AGAIN = 'What was copied stays: run the same command again to go on.';

const describe = (error: CopyError): string => {
  switch (error.type) {
    case 'Aborted':
      return `called off. ${AGAIN} [called_off]`;
    case 'SourceFailed':
      return `the log to copy from cannot be read: ${reasonOf(error.error)} [log_unavailable]`;
    case 'TargetFailed':
      return `the log to copy to failed: ${reasonOf(error.error)}. ${AGAIN} [log_unavailable]`;
    case 'OtherContent':
      return `the target is not a copy: ${error.stream}, revision ${error.revision}: ${error.reason}. Nothing was overwritten. [other_content]`;
    case 'Gap':
      return `the log to copy from lacks an event: ${error.stream}, revision ${error.revision} [log_broken]`;
    case 'BrokenChain':
      return `the logs are the same, and the chain is broken in both: ${error.stream}, revision ${error.revision}; see "holdfast audit verify" [log_broken]`;
  }
};

/** The line that an operator reads. Names of streams come from a log that others may write to. */
const describeCopyError = (error: CopyError): string => printable(describe(error));

/** One bar for each phase, one after another. */
const phases = async (terminal: Terminal) => {
  const make = await progressMaker(terminal);
  let shown: { readonly phase: CopyPhase; readonly progress: ProgressBar } | null = null;
  return {
    at: ({ phase, done, total }: CopyProgress): void => {
      if (shown?.phase !== phase) {
        shown?.progress.end();
        shown = { phase, progress: make(phase) };
      }
      shown.progress.at(done, total);
    },
    end: (): void => shown?.progress.end(),
  };
};

type Copied = CopyReport & { readonly privacyKeys: KeysThere };

const copy = async (
  { from, to }: Places,
  keys: KeysBeside,
  { terminal }: CliContext,
): Promise<E.Either<string, Copied>> => {
  const cancelled = new AbortController();
  const cancel = (): void => cancelled.abort();
  const tell = (problem: string): void => terminal.err(`holdfast: ${problem}`);
  process.once('SIGINT', cancel).once('SIGTERM', cancel);
  const progress = await phases(terminal);
  const copied = await withSource(from, tell, (source) =>
    withTarget<Copied>(to, tell, async (target) => {
      const { signal } = cancelled;
      const report = await copyLog({ from: source, to: target, sha256: sha256Hex, onProgress: progress.at, signal })();
      if (E.isLeft(report)) return E.left(describeCopyError(report.left));
      return pipe(
        await bringKeys(target, keys),
        E.map((privacyKeys) => ({ ...report.right, privacyKeys })),
      );
    }),
  );
  progress.end();
  process.off('SIGINT', cancel).off('SIGTERM', cancel);
  return copied;
};

const summary = ({ events, streams, alreadyThere }: CopyReport): string =>
  `${events} events in ${streams} streams are in the target, ${alreadyThere} of them from before: every one was read back, and every chain holds`;

export const copyStore = async (context: CliContext, options: CopyOptions): Promise<ExitCode> => {
  const { terminal, env } = context;
  const places = await readPlaces(env, options);
  if (E.isLeft(places)) {
    terminal.err(`holdfast: ${places.left} [invalid_usage]`);
    return exitCode.usage;
  }
  const keys = await keysBeside(env, places.right.to, options.privacyKeys);
  if (E.isLeft(keys)) return endFailed(context, keys.left);
  const copied = await copy(places.right, keys.right, context);
  if (E.isLeft(copied)) return endFailed(context, copied.left);
  terminal.out(options.json ? JSON.stringify(copied.right) : summary(copied.right));
  tellKeys(terminal, copied.right.privacyKeys);
  return exitCode.fine;
};
