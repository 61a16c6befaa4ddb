import * as E from 'fp-ts/lib/Either.js';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import { loadConfiguration } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { AN_INSTANT, findUid, NOW, parseMoment, readAudited } from '../../application/audit/read-for-audit.ts';
import {
  type LocatedDivergence,
  MOST_DIVERGENCES,
  type ReplayReport,
  replayLog,
} from '../../application/audit/replay-log.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import { type ChainLink, type DecisionChain, decisionChain } from '../../projections/audit/decision-chain.ts';
import { withLog } from '../local/installation-commands.ts';
import { type CliContext, type ExitCode, exitCode, pairs, printable, startProgress } from '../terminal.ts';
import { inWordsOf, printAnswer, withNamedLog } from './answering.ts';
import { entryLines, standingLines } from './show-commands.ts';

const usage = ({ terminal }: CliContext, message: string): ExitCode => {
  terminal.err(`holdfast: ${message}`);
  return exitCode.usage;
};

const ROLE_WIDTH = 8;

const linkLines = ({ role, entry }: ChainLink): ReadonlyArray<string> =>
  entryLines(entry).map((line, index) => `${(index === 0 ? role : '').padEnd(ROLE_WIDTH)} ${line}`);

const chainLines = ({ uid, decision, chain, followed, rules, standing, notRecorded }: DecisionChain) => [
  `booking ${uid}: why ${decision.type}, revision ${decision.revision}`,
  ...chain.flatMap(linkLines),
  ...(followed.length === 0 ? [] : ['', 'what followed from it:', ...followed.flatMap(linkLines)]),
  ...(rules === null
    ? []
    : [
        '',
        'the rules that the request froze:',
        ...pairs([
          ['acceptance', `${rules.acceptance} of its calendars`],
          ['calendars', rules.calendars.length === 0 ? 'none' : rules.calendars.join(', ')],
          ['approval', rules.requiresApproval ? 'by the host' : 'none needed'],
          ['deadline', rules.deadline],
        ]),
      ]),
  ...(standing === null ? [] : ['', 'as it was then:', ...standingLines(standing)]),
  '',
  'not recorded:',
  ...notRecorded.map((what) => `- ${what}`),
];

export type WhyOptions = { readonly at?: string; readonly json?: true };

/** Why the last decision about a booking, up to a moment, was what it was. */
export const explainBooking = async (context: CliContext, prefix: string, options: WhyOptions): Promise<ExitCode> => {
  const moment = options.at === undefined ? E.right(NOW) : parseMoment(options.at);
  if (E.isLeft(moment)) return usage(context, `--at must be ${moment.left}`);
  const answer = await withNamedLog<DecisionChain>(context, async (log, names) => {
    const uid = await findUid(log, prefix);
    if (E.isLeft(uid)) return inWordsOf(uid);
    const events = await readAudited(log, uid.right);
    if (E.isLeft(events)) return inWordsOf(events);
    const chain = decisionChain(uid.right, events.right, moment.right, names);
    return chain === null ? E.left('nothing had been decided about it by then [not_decided]') : E.right(chain);
  });
  return printAnswer(context, answer, { json: options.json ?? false, lines: chainLines });
};

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
  `${decisions} decisions and ${slots} held times in ${streams} streams: ${divergences.length + more} divergences`,
  ...(unreadable === 0 ? [] : [`${unreadable} streams could not be understood, and were left out`]),
];

/** Decides again what was decided, with today's code, by the rules of the configuration or of another file. */
export const replayDecisions = async (context: CliContext, options: ReplayOptions): Promise<ExitCode> => {
  const { env, terminal } = context;
  const [from, to] = [options.from, options.to].map((text) =>
    text === undefined ? null : (parseInstant(text) ?? Number.NaN),
  );
  if (Number.isNaN(from)) return usage(context, `--from must be ${AN_INSTANT}`);
  if (Number.isNaN(to)) return usage(context, `--to must be ${AN_INSTANT}`);
  const rules = options.rules === 'current' ? env : { ...env, HOLDFAST_CONFIG: options.rules };
  const configuration = await loadConfiguration(rules, readFile)();
  if (E.isLeft(configuration)) {
    terminal.err(`holdfast: the rules cannot be read: ${formatConfigurationErrors(configuration.left)}`);
    return exitCode.failed;
  }
  const scope = {
    stream: options.stream ?? null,
    hostId: options.host ?? null,
    from: from ?? 0,
    to: to ?? Number.MAX_SAFE_INTEGER,
  };
  const replayed = await withLog(env, async (log) => {
    const progress = await startProgress(terminal, 'replaying');
    const report = await replayLog(log, configuration.right.hosts, scope, progress.at);
    progress.end();
    return inWordsOf(report);
  });
  const code = printAnswer(context, replayed, { json: options.json ?? false, lines: replayLines });
  const isSame = E.isRight(replayed) && replayed.right.divergences.length + replayed.right.more === 0;
  return code === exitCode.fine && !isSame ? exitCode.failed : code;
};
