import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { loadConfiguration } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { describeStoreError } from '../../application/ports/event-store.ts';
import { type AuditLog, checkHost } from '../../application/audit/read-for-audit.ts';
import { messageOf } from '../../domain/unknown.ts';
import { CSV_HEADER, MARKED_CSV_HEADER } from '../../projections/audit/booking-csv.ts';
import { type ExportFormat, exportLines } from '../../projections/audit/export-lines.ts';
import { type BookingSelection, selectableStatuses } from '../../projections/audit/selected-bookings.ts';
import { withLog } from '../local/installation-commands.ts';
import { type CliContext, counted, type ExitCode, exitCode, startProgress } from '../terminal.ts';
import { type Begun, openExportFile, openStandardOutput, type Sink } from './export-sinks.ts';
import { instantsOf, inWordsOf, usage } from './answering.ts';

export type ExportOptions = {
  readonly format: ExportFormat;
  readonly host?: string;
  readonly eventType?: string;
  readonly status?: string;
  readonly from?: string;
  readonly to?: string;
  readonly after?: number;
  readonly output?: string;
  readonly bom?: true;
  readonly json?: true;
};

const isStatus = (text: string): text is (typeof selectableStatuses)[number] =>
  selectableStatuses.some((status) => status === text);

/** Left: what was not understood. */
const selectionOf = ({ host, eventType, status, from, to }: ExportOptions): E.Either<string, BookingSelection> => {
  if (status !== undefined && !isStatus(status))
    return E.left(`--status must be one of ${selectableStatuses.join(', ')}`);
  const period = instantsOf({ from, to });
  if (E.isLeft(period)) return period;
  return E.right({
    hostId: host ?? null,
    eventType: eventType ?? null,
    status: status ?? null,
    from: period.right.from,
    to: period.right.to,
  });
};

/** Zones of hosts as they are configured; none where an auditor has the log and not the secrets of the configuration. */
const zonesOfHosts = async (env: NodeJS.ProcessEnv): Promise<(hostId: string) => string | null> => {
  const loaded = await loadConfiguration(env, readFile)();
  const hosts = E.isRight(loaded) ? loaded.right.hosts : [];
  return (hostId) => hosts.find(({ id }) => id === hostId)?.timeZone ?? null;
};

/** `next`: position to go on after. */
type Exported = { readonly lines: number; readonly next: number };

type Exporting = {
  readonly log: AuditLog;
  readonly options: ExportOptions;
  readonly selection: BookingSelection;
  readonly sink: Sink;
  readonly begun: Begun;
};

/** Nothing of a host that nobody knows, or after the end of the log, is no export, but a wrong name or another log. */
const canBeExported = async (log: AuditLog, { host, after = 0 }: ExportOptions): Promise<E.Either<string, null>> => {
  const [known, head] = await Promise.all([host === undefined ? E.right(null) : checkHost(log, host), log.head()()]);
  if (E.isLeft(known)) return inWordsOf(known);
  if (E.isLeft(head)) return inWordsOf(head);
  return after > head.right
    ? E.left(
        `the log ends at position ${head.right}: --after is of another one, or an older copy was restored [position_beyond_end]`,
      )
    : E.right(null);
};

const writeExport = async (
  { env, terminal }: CliContext,
  { log, options, selection, sink, begun }: Exporting,
): Promise<E.Either<string, Exported>> => {
  const head = await log.head()();
  if (E.isLeft(head)) return E.left(`the log cannot be read: ${describeStoreError(head.left)}`);
  const { format } = options;
  const zoneOfHost = format === 'csv' ? await zonesOfHosts(env) : () => null;
  const progress = options.output === undefined ? null : await startProgress(terminal, 'exporting');
  let [lines, next] = [begun.rest.length, begun.after];
  await sink.write(format === 'csv' && begun.isNew ? [options.bom ? MARKED_CSV_HEADER : CSV_HEADER] : begun.rest);
  const request = { format, selection, after: begun.after, upTo: head.right, zoneOfHost };
  for await (const chunk of exportLines(log, request)) {
    if (E.isLeft(chunk))
      return E.left(`the log cannot be read after position ${next}: ${describeStoreError(chunk.left)}`);
    await sink.write(chunk.right.lines);
    lines += chunk.right.lines.length;
    next = chunk.right.position;
    progress?.at(Math.min(next, head.right), head.right);
  }
  progress?.at(head.right, head.right);
  progress?.end();
  return E.right({ lines, next: Math.max(next, head.right) });
};

/**
 * Writes an export to standard output or into a file, line by line: no more than a page of it is in memory. A file that is
 * there already is gone on with, after its last whole line.
 */
export const exportLog = async (context: CliContext, options: ExportOptions): Promise<ExitCode> => {
  const { env, terminal } = context;
  const selection = selectionOf(options);
  const { output, after } = options;
  if (E.isLeft(selection)) return usage(context, selection.left);
  if (output !== undefined && after !== undefined)
    return usage(context, '--after is for standard output: a file knows where it goes on');
  if (options.bom && options.format !== 'csv') return usage(context, '--bom is for a table: give --format csv too');
  const kind = { format: options.format, selection: selection.right };
  const exported = await withLog(
    env,
    async (plain, _, stored) => {
      const log = options.format === 'ndjson' ? stored.log : plain;
      const wrongly = await canBeExported(log, options);
      if (E.isLeft(wrongly)) return wrongly;
      const opened =
        output === undefined ? openStandardOutput(terminal, after ?? 0) : await openExportFile(log, output, kind);
      if (E.isLeft(opened)) return opened;
      const { sink, begun } = opened.right;
      const written = await writeExport(context, { log, options, selection: selection.right, sink, begun }).catch(
        (thrown: unknown) => E.left(`the export cannot be written: ${messageOf(thrown)} [file_unwritable]`),
      );
      await sink.close();
      return written;
    },
    terminal.err,
  );
  return pipe(
    exported,
    E.match(
      (reason) => {
        terminal.err(`holdfast: ${reason}`);
        return exitCode.failed;
      },
      ({ lines, next }) => {
        if (output !== undefined && options.json) terminal.out(JSON.stringify({ lines, next }));
        else if (output !== undefined)
          terminal.err(`${counted(lines, 'line')} written to ${output}; the same command adds what comes later`);
        else terminal.err(`${counted(lines, 'line')}; what comes later: --after ${next}`);
        return exitCode.fine;
      },
    ),
  );
};
