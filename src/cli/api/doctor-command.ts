import * as E from 'fp-ts/lib/Either.js';
import { type CliContext, type ExitCode, exitCode, printable, startProgress } from '../terminal.ts';
import { doctorAnswer, type ListedDifference, settledAnswer } from './answers.ts';
import { type ApiResult, type Ask, call, describeApiFailure, serverOf, type ServerOptions } from './client.ts';

export type DoctorOptions = ServerOptions & { readonly fix?: true };

type NotCompared = { readonly calendarId: string | null; readonly reason: string };
type Examined = {
  readonly differences: ReadonlyArray<ListedDifference>;
  readonly notCompared: ReadonlyArray<NotCompared>;
};

/** Found twice, in the log and in the calendar. */
const isSame = (one: ListedDifference, other: ListedDifference): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Step by step until the last one, with a progress bar where somebody watches. */
const examineAll = async ({ terminal }: CliContext, ask: Ask): ApiResult<Examined> => {
  const progress = await startProgress(terminal, 'comparing');
  const differences: ListedDifference[] = [];
  const notCompared: NotCompared[] = [];
  try {
    for (let step = 0; ; step += 1) {
      const query = { step: String(step) };
      const answer = await ask(doctorAnswer, { method: 'GET', path: '/v2/holdfast/doctor', query });
      if (E.isLeft(answer)) return answer;
      const { data } = answer.right;
      differences.push(...data.differences.filter((one) => !differences.some((other) => isSame(one, other))));
      notCompared.push(...data.notCompared);
      progress.at(data.done, data.total);
      if (data.done >= data.total) return E.right({ differences, notCompared });
    }
  } finally {
    progress.end();
  }
};

const titleOf = ({ kind, bookingUid, calendarId, hostId, group }: ListedDifference): string =>
  [
    kind,
    ...(bookingUid === null ? [] : [`booking ${bookingUid}`]),
    ...(calendarId === null ? [] : [`calendar ${calendarId}`]),
    ...(hostId === null ? [] : [`host ${hostId}`]),
    ...(group === null ? [] : [group]),
  ].join(', ');

type Fixed = ListedDifference & { readonly outcome?: string; readonly result?: string };

/** Differences that are settled at the same time: each waits until its calendar was asked twice. */
const AT_ONCE = 8;

const fix = async (ask: Ask, difference: ListedDifference): Promise<Fixed> => {
  if (!difference.canFix) return difference;
  const answer = await ask(settledAnswer, { method: 'POST', path: '/v2/holdfast/doctor/settle', body: difference });
  return E.isLeft(answer)
    ? { ...difference, outcome: 'failed', result: describeApiFailure(answer.left) }
    : { ...difference, outcome: answer.right.data.outcome, result: answer.right.data.detail };
};

const fixAll = async (
  { terminal }: CliContext,
  ask: Ask,
  differences: ReadonlyArray<ListedDifference>,
): Promise<ReadonlyArray<Fixed>> => {
  const fixed: Fixed[] = [];
  if (differences.length === 0) return fixed;
  const progress = await startProgress(terminal, 'settling');
  try {
    for (let first = 0; first < differences.length; first += AT_ONCE) {
      const next = differences.slice(first, first + AT_ONCE);
      fixed.push(...(await Promise.all(next.map((difference) => fix(ask, difference)))));
      progress.at(fixed.length, differences.length);
    }
    return fixed;
  } finally {
    progress.end();
  }
};

const linesOf = (context: CliContext, fixed: ReadonlyArray<Fixed>): ReadonlyArray<string> =>
  fixed.flatMap((one) => [
    context.terminal.paint('red', printable(titleOf(one))),
    `  ${printable(one.detail)}`,
    one.outcome === undefined
      ? `  settle it: ${printable(one.command)}`
      : `  ${one.outcome}: ${printable(one.result ?? '')}`,
  ]);

/**
 * Lists where log, calendars and notifications differ, with what settles each; with `--fix` it is settled by commands. Exit
 * code 1 when there are differences that are not settled, or when something could not be compared.
 */
export const runDoctor = async (context: CliContext, options: DoctorOptions): Promise<ExitCode> => {
  const { terminal } = context;
  const server = serverOf(options, context.env);
  if (E.isLeft(server)) {
    terminal.err(`holdfast: ${server.left}`);
    return exitCode.usage;
  }
  const ask = call(server.right);
  const examined = await examineAll(context, ask);
  if (E.isLeft(examined)) {
    terminal.err(`holdfast: ${describeApiFailure(examined.left)}`);
    return exitCode.failed;
  }
  const { differences, notCompared } = examined.right;
  const fixed: ReadonlyArray<Fixed> = options.fix === true ? await fixAll(context, ask, differences) : differences;
  if (options.json) terminal.out(JSON.stringify({ differences: fixed, notCompared }, null, 2));
  else {
    for (const line of linesOf(context, fixed)) terminal.out(line);
    for (const { calendarId, reason } of notCompared)
      terminal.out(printable(`not compared: ${calendarId === null ? '' : `calendar ${calendarId}, `}${reason}`));
    const left = fixed.filter(({ outcome }) => outcome !== 'settled' && outcome !== 'not-there').length;
    terminal.out(
      fixed.length === 0
        ? 'log, calendars and notifications agree'
        : `${fixed.length} differences, ${left} of them to be settled`,
    );
  }
  const isAllWell = fixed.every(({ outcome }) => outcome === 'settled' || outcome === 'not-there');
  return isAllWell && notCompared.length === 0 ? exitCode.fine : exitCode.failed;
};
