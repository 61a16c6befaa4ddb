import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { readFile } from 'node:fs/promises';
import { compareKept } from '../../adapters/read-model/compare-kept.ts';
import { base64 } from '../../application/audit/hash-log.ts';
import { type AuditReport, type AuditRange, reportData } from '../../application/audit/verify-log.ts';
import { type ReadModelReport, readModelData, withReadModel } from '../../application/audit/read-model-report.ts';
import { describeStoreError, type StoreError } from '../../application/ports/event-store.ts';
import { type Finding, MOST_FINDINGS } from '../../application/audit/finding.ts';
import { parseSignedHead, type LogHead, type SignedHead } from '../../domain/audit/log-head.ts';
import { messageOf } from '../../domain/unknown.ts';
import { dataFolder, withLog } from '../local/installation-commands.ts';
import { type CliContext, type ExitCode, exitCode, printable, startProgress } from '../terminal.ts';
import { isBelieved } from './believe-head.ts';
import { findNote, type FoundNote } from './find-note.ts';
import { usage } from './answering.ts';

export type VerifyOptions = {
  readonly json?: true;
  readonly from?: number;
  readonly to?: number;
  readonly since?: string;
  readonly key?: string;
};

/** `model` null: a part of the log was asked for, and nothing of a read model. */
type Audited = { readonly report: AuditReport; readonly model: ReadModelReport | null };

const isWhole = ({ from, to }: AuditRange): boolean => from === 0 && to === Number.MAX_SAFE_INTEGER;
/** Events of one turn; nobody else waits for one here. */
const PAGE_EVENTS = 1_000;

const unreadable = (error: StoreError): string => `the log cannot be read: ${describeStoreError(error)}`;

/**
 * Reads the whole log with a progress bar, and makes the read model again meanwhile: the log is verified by other threads. Left:
 * why they cannot be read.
 */
const auditWith = ({ env, terminal }: CliContext, range: AuditRange): Promise<E.Either<string, Audited>> =>
  withLog(env, async (log, _own, { verify }) => {
    const data = dataFolder(env);
    if (E.isLeft(data)) return data;
    const progress = await startProgress(terminal, 'verifying');
    const stop = new AbortController();
    const { folder, file } = data.right;
    const compareAll = compareKept({ log, folder, dataFile: file, pageEvents: PAGE_EVENTS });
    let onCompared = (_done: number, _all: number): void => undefined;
    const comparing = isWhole(range) ? compareAll((done, all) => onCompared(done, all), stop.signal) : null;
    // Both take about as long: with a thread less the one is not what the other waits for.
    const report = await verify(progress.at, range, undefined, comparing === null ? 0 : 1);
    progress.end();
    if (E.isLeft(report)) stop.abort();
    const rest = comparing === null ? null : await startProgress(terminal, 'comparing the read model');
    if (rest !== null) onCompared = rest.at;
    const model: E.Either<StoreError, ReadModelReport | null> = comparing === null ? E.right(null) : await comparing;
    rest?.end();
    if (E.isLeft(report)) return E.left(unreadable(report.left));
    return pipe(
      model,
      E.bimap(unreadable, (compared) => ({
        report: compared === null ? report.right : withReadModel(report.right, compared),
        model: compared,
      })),
    );
  });

/** `fault`: why the log of today does not extend that head; null: it does. */
type Extended = { readonly head: LogHead & Pick<FoundNote, 'foundIn'>; readonly fault: string | null };

type SignedFile = { readonly signed: SignedHead } & Pick<FoundNote, 'foundIn'>;

/** The signed head in a file, whatever was sent. Left: why there is none. */
const readSigned = async (since: string): Promise<E.Either<string, SignedFile>> => {
  const text = await readFile(since, 'utf8').catch((thrown: unknown) =>
    E.left(`${since} cannot be read: ${messageOf(thrown)} [file_unreadable]`),
  );
  if (typeof text !== 'string') return text;
  const { note, foundIn } = findNote(text);
  return pipe(
    parseSignedHead(note),
    E.bimap(
      (wrong) => `${since} is no signed head, and none was found in it: ${wrong} [no_signed_head]`,
      (signed) => ({ signed, foundIn }),
    ),
  );
};

/** Why today's log does not extend a signed head; null: it does. `isTrusted`: by its signature. */
const faultOf = ({ tree }: AuditReport, { head }: SignedHead, isTrusted: boolean): string | null => {
  if (!isTrusted)
    return 'the signed head is not signed by this key, nor by one before or after it: one of the two was replaced [signature_unknown]';
  if (tree.size() < head.size)
    return `the log has ${tree.size()} events, and had ${head.size} then: its end was cut off [log_cut]`;
  return base64(tree.root(head.size)) === head.root
    ? null
    : `its first ${head.size} events are not those of the signed head: one was changed, taken out, put in or moved [log_changed]`;
};

/** The signed head of a file, and whether its signature is believed. Left: what is wrong with the file or the key. */
const readBelieved = async ({ env }: CliContext, since: string, key: string | undefined) => {
  const file = await readSigned(since);
  if (E.isLeft(file)) return file;
  return pipe(
    await isBelieved(env, file.right.signed, key),
    E.bimap(
      (reason) => `the key cannot be used: ${reason}${/ \[\w+\]$/.test(reason) ? '' : ' [key_unusable]'}`,
      (isTrusted) => ({ ...file.right, isTrusted }),
    ),
  );
};

const describeFinding = ({ kind, stream, revision, position, reason }: Finding): string =>
  stream === '' ? `${kind}: ${reason}` : `${kind}: ${stream}, revision ${revision}, position ${position}: ${reason}`;

const modelInWords = ({ position, rows, note }: ReadModelReport): string =>
  position === null
    ? `the read model was not compared: ${note}`
    : `the ${rows} rows of the read model are what the log makes of them, up to position ${position}`;

const summary = ({ events, streams, erased, position, tree }: AuditReport): ReadonlyArray<string> => [
  `${events} events in ${streams} streams, up to position ${position}: every chain holds, every event is understood,`,
  'each is one that the deciders could have written there, and times and bookings belong together',
  ...(erased > 0 ? [`${erased} of them had their personal data erased, which the chains prove`] : []),
  `root ${base64(tree.root())} over ${tree.size()} events`,
];

const asJson = ({ report, model }: Audited, since: unknown): string =>
  JSON.stringify({ ...reportData(report), ...readModelData(model), ...(since === null ? {} : { since }) }, null, 2);

/** The result to standard output; everything that is wrong to standard error, the first break first. */
const print = ({ terminal }: CliContext, audited: Audited, extended: Extended | null, json: boolean): void => {
  const { report, model } = audited;
  const { findings, more } = report;
  const [first, ...others] = findings.map(describeFinding).map(printable);
  if (json) terminal.out(asJson(audited, extended));
  else if (first === undefined)
    for (const line of [...summary(report), ...(model === null ? [] : [modelInWords(model)])]) terminal.out(line);
  if (extended !== null && !json) {
    const { foundIn, size, origin } = extended.head;
    terminal.out(printable(`found in ${foundIn}: a signed head of ${size} events of ${origin}`));
  }
  if (extended?.fault === null && !json)
    terminal.out(
      first === undefined
        ? `today's log extends the signed head of ${extended.head.size} events: nothing of it was altered`
        : `today's log has the hashes of the signed head of ${extended.head.size} events; what is under them is below`,
    );
  if (typeof extended?.fault === 'string') terminal.err(`NOT THE LOG OF THE SIGNED HEAD: ${extended.fault}`);
  if (first !== undefined) terminal.err(`BROKEN, ${findings.length + more} findings; the first: ${first} [log_broken]`);
  for (const other of others) terminal.err(other);
  if (more > 0) terminal.err(`and ${more} more than the first ${MOST_FINDINGS}`);
};

/** What is wrong with the options; null: nothing. */
const misused = ({ from = 0, to, since, key }: VerifyOptions): string | null => {
  if (to !== undefined && to < from) return '--to must not be before --from';
  if (since !== undefined && to !== undefined) return '--since needs the whole log: leave out --to';
  return since === undefined && key !== undefined ? '--key says who signed the head of --since' : null;
};

/**
 * Reads only, also beside a running server: up to the event that was last when it began. Answers 1 where something is
 * wrong, all of which it lists, the first break first.
 */
export const verifyLog = async (context: CliContext, options: VerifyOptions): Promise<ExitCode> => {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, since, key, json = false } = options;
  const failed = (reason: string): ExitCode => {
    context.terminal.err(`holdfast: ${reason}`);
    return exitCode.failed;
  };
  const wrong = misused(options);
  if (wrong !== null) return usage(context, wrong);
  // Before the whole log is read: what is wrong with the file or the key is said at once.
  const kept = since === undefined ? E.right(null) : await readBelieved(context, since, key);
  if (E.isLeft(kept)) return failed(kept.left);
  const audited = await auditWith(context, { from, to });
  if (E.isLeft(audited)) return failed(audited.left);
  const { report } = audited.right;
  const extended: Extended | null =
    kept.right === null
      ? null
      : {
          head: { ...kept.right.signed.head, foundIn: kept.right.foundIn },
          fault: faultOf(report, kept.right.signed, kept.right.isTrusted),
        };
  print(context, audited.right, extended, json);
  const isRight = report.findings.length === 0 && (extended?.fault ?? null) === null;
  return isRight ? exitCode.fine : exitCode.failed;
};
