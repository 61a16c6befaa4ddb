import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { lockFile } from '../../adapters/sqlite/file-lock.ts';
import { describeRebuildError } from '../../adapters/read-model/rebuild.ts';
import { rebuildReadModel } from '../../adapters/read-model/rebuild.ts';
import type { CliContext, ExitCode } from '../cli-context.ts';
import { exitCode } from '../cli-context.ts';
import { startProgress } from '../output/progress.ts';
import { dataFolder, withLog } from './open-log.ts';

/** A new read model from the log; the one in use stays until the new one is whole. Ctrl-C leaves the old one. */
const rebuild = async ({ env, terminal }: CliContext) => {
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const { folder } = data.right;
  const calledOff = new AbortController();
  const callOff = (): void => calledOff.abort();
  process.once('SIGINT', callOff).once('SIGTERM', callOff);
  const progress = await startProgress(terminal, 'rebuilding');
  const rebuilt = await withLog(env, async (log) =>
    pipe(
      await rebuildReadModel({
        log,
        folder,
        lock: lockFile,
        signal: calledOff.signal,
        onProgress: ({ done, total }) => progress.at(done, total),
      })(),
      E.mapLeft(describeRebuildError),
    ),
  );
  progress.end();
  process.off('SIGINT', callOff).off('SIGTERM', callOff);
  return rebuilt;
};

export const rebuildProjections = async (context: CliContext, options: { readonly json?: true }): Promise<ExitCode> => {
  const rebuilt = await rebuild(context);
  if (E.isLeft(rebuilt)) {
    context.terminal.err(`holdfast: ${rebuilt.left}`);
    return exitCode.failed;
  }
  const { events, position } = rebuilt.right;
  context.terminal.out(
    options.json
      ? JSON.stringify(rebuilt.right)
      : `the read model is rebuilt from ${events} events, up to position ${position}; nothing was sent to anybody`,
  );
  return exitCode.fine;
};
