import * as E from 'fp-ts/lib/Either.js';
import { condensedChanges } from '../../projections/audit/condensed-changes.ts';
import { type InstallationChanges, installationChanges } from '../../projections/audit/installation-changes.ts';
import { type CliContext, counted, type ExitCode, table } from '../terminal.ts';
import { instantsOf, inWordsOf, printAnswer, usage, withNamedLog } from './answering.ts';

export type ChangesOptions = { readonly from?: string; readonly to?: string; readonly json?: true };

const changeLines = ({ changes, unreadable }: InstallationChanges): ReadonlyArray<string> => [
  ...(changes.length === 0
    ? ['nothing is recorded']
    : table(
        ['WHEN', 'WHO', 'WHAT'],
        condensedChanges(changes).map(({ at, by, what }) => [at, by, what]),
      )),
  ...(unreadable === 0 ? [] : [`${counted(unreadable, 'event')} cannot be understood`]),
];

/** What happened to the installation beside its bookings. */
export const showChanges = async (context: CliContext, options: ChangesOptions): Promise<ExitCode> => {
  const query = instantsOf({ from: options.from, to: options.to });
  if (E.isLeft(query)) return usage(context, query.left);
  const answer = await withNamedLog(context, async (log, names) =>
    inWordsOf(await installationChanges(log, names, query.right)),
  );
  return printAnswer(context, answer, { json: options.json ?? false, lines: changeLines });
};
