import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import { loadHosts } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import {
  type LocatedDivergence,
  MOST_DIVERGENCES,
  type ReplayReport,
  replayLog,
} from '../../application/audit/replay-log.ts';
import type { ReplayRules } from '../../application/audit/recorded-rules.ts';
import { withLog } from '../local/installation-commands.ts';
import { type CliContext, counted, type ExitCode, exitCode, printable, startProgress } from '../terminal.ts';
import { instantsOf, inWordsOf, printAnswer, usage } from './answering.ts';

export type ReplayOptions = {
  readonly stream?: string;
  readonly host?: string;
  readonly from?: string;
  readonly to?: string;
  readonly rules: string;
  readonly json?: true;
};

const divergenceLine = ({ kind, stream, at, position, recorded, today, reason }: LocatedDivergence): string =>
  printable(
    `${kind}: ${stream}, revision ${at}, position ${position}: recorded ${recorded}; today ${today}: ${reason}`,
  );

const replayLines = ({ streams, decisions, slots, unreadable, divergences, more }: ReplayReport) => [
  ...divergences.map(divergenceLine),
  ...(more === 0 ? [] : [`and ${more} more than the first ${MOST_DIVERGENCES}`]),
  `${counted(decisions, 'decision')} and ${counted(slots, 'held time')} in ${counted(streams, 'stream')}: ${counted(divergences.length + more, 'divergence')}`,
  ...(unreadable === 0 ? [] : [`${unreadable} streams could not be understood, and were left out`]),
];

const rulesOfOption = async (env: NodeJS.ProcessEnv, given: string): Promise<E.Either<string, ReplayRules>> => {
  if (given === 'recorded') return E.right(given);
  const named = given === 'current' ? env : { ...env, HOLDFAST_CONFIG: given };
  return pipe(
    await loadHosts(named, readFile)(),
    E.mapLeft(
      // The file was named by the option, not by the variable.
      (errors) =>
        formatConfigurationErrors(
          errors.map((error) =>
            error.path === 'HOLDFAST_CONFIG' && given !== 'current' ? { ...error, path: given } : error,
          ),
        ),
    ),
  );
};

/** Decides again what was decided, with today's code, by the rules of the configuration or of another file. */
export const replayDecisions = async (context: CliContext, options: ReplayOptions): Promise<ExitCode> => {
  const { env, terminal } = context;
  const period = instantsOf({ from: options.from, to: options.to });
  if (E.isLeft(period)) return usage(context, period.left);
  const rules = await rulesOfOption(env, options.rules);
  if (E.isLeft(rules)) {
    terminal.err(`holdfast: the rules cannot be read: ${rules.left}`);
    return exitCode.failed;
  }
  if (options.rules === 'current' && (env.HOLDFAST_CONFIG ?? '') === '')
    terminal.err('holdfast: HOLDFAST_CONFIG names no file, so the rules are those of the demo');
  const scope = {
    stream: options.stream ?? null,
    hostId: options.host ?? null,
    from: period.right.from ?? 0,
    to: period.right.to ?? Number.MAX_SAFE_INTEGER,
  };
  const replayed = await withLog(env, async (log) => {
    const progress = await startProgress(terminal, 'replaying');
    const report = await replayLog(log, rules.right, scope, progress.at);
    progress.end();
    return inWordsOf(report);
  });
  const code = printAnswer(context, replayed, { json: options.json ?? false, lines: replayLines });
  const isSame =
    E.isRight(replayed) && replayed.right.divergences.length + replayed.right.more + replayed.right.unreadable === 0;
  return code === exitCode.fine && !isSame ? exitCode.failed : code;
};
