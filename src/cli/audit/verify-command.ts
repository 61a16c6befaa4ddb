import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { CliContext, ExitCode } from '../cli-context.ts';
import { exitCode } from '../cli-context.ts';
import { withLog } from '../local/open-log.ts';
import { startProgress } from '../output/progress.ts';
import type { AuditReport, Break } from './audit-log.ts';
import { auditLog } from './audit-log.ts';

const describeBreak = (found: Break): string =>
  found.type === 'unreadable'
    ? found.reason
    : `${found.stream}, revision ${found.revision}, position ${found.position}: ${found.reason}`;

const summary = ({ events, streams, erased, position, digest }: AuditReport): ReadonlyArray<string> => [
  `${events} events in ${streams} streams, up to position ${position}: every one is understood, and every chain holds`,
  ...(erased > 0 ? [`${erased} of them had their personal data erased, which the chains prove`] : []),
  `digest ${digest}`,
  'Keep the digest: a log cut off at its end is still whole, and only another digest tells.',
];

const audit = ({ env, terminal }: CliContext): Promise<E.Either<string, AuditReport>> =>
  withLog(env, async (log) => {
    const progress = await startProgress(terminal, 'verifying');
    const report = await auditLog(log, progress.at);
    progress.end();
    return pipe(
      report,
      E.mapLeft((error) => `the log cannot be read: ${JSON.stringify(error)}`),
    );
  });

/** Reads only, also beside a running server: up to the event that was last when it began. */
export const verifyLog = async (context: CliContext, options: { readonly json?: true }): Promise<ExitCode> => {
  const { terminal } = context;
  const report = await audit(context);
  if (E.isLeft(report)) {
    terminal.err(`holdfast: ${report.left}`);
    return exitCode.failed;
  }
  const { firstBreak } = report.right;
  if (options.json) terminal.out(JSON.stringify(report.right, null, 2));
  else if (firstBreak === null) for (const line of summary(report.right)) terminal.out(line);
  if (firstBreak === null) return exitCode.fine;
  terminal.err(`BROKEN after ${report.right.events} good events: ${describeBreak(firstBreak)}`);
  return exitCode.failed;
};
