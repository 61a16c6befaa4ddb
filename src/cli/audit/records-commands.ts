import * as E from 'fp-ts/lib/Either.js';
import { type AuditError, type AuditLog, checkHost } from '../../application/audit/read-for-audit.ts';
import { describeStoreError } from '../../application/ports/event-store.ts';
import { givenSecret, loadSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { attendeeHash } from '../../adapters/identity/ids.ts';
import { secretInFile, serverSecretOf } from '../../adapters/identity/server-secret.ts';
import { openDataFileReadOnly } from '../../adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import { operatorEmail } from '../../domain/decoding/values.ts';
import type { CountedRefusals, RefusedRequest } from '../../domain/refusals/refusal.ts';
import type { ReadsRefusals } from '../../application/refusals/refusal-streams.ts';
import {
  type RefusalQuery,
  type RefusalReport,
  refusalReport,
  type ReportLimits,
} from '../../projections/audit/refusals.ts';
import { dataFolder, withLog } from '../local/installation-commands.ts';
import { type CliContext, type ExitCode, printable, table } from '../terminal.ts';
import { instantsOf, inWordsOf, printAnswer, usage } from './answering.ts';

export type RefusalsOptions = {
  readonly at?: string;
  readonly from?: string;
  readonly to?: string;
  readonly email?: string;
  readonly json?: true;
};

/** The secret that refusals are hashed with: of the configuration, else of the data file. Left says why there is none. */
const secretOf = async ({ env }: CliContext): Promise<E.Either<string, Uint8Array>> => {
  const settings = await loadSettings(env, readFile)();
  if (E.isLeft(settings)) return E.left(formatConfigurationErrors(settings.left));
  const given = givenSecret(settings.right);
  if (given !== null) return E.right(serverSecretOf(given));
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const file = openDataFileReadOnly(data.right.file);
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    const stored = secretInFile(file.right);
    if (E.isLeft(stored)) return E.left(`the secret cannot be read: ${describeStoreError(stored.left)}`);
    return stored.right === null
      ? E.left('no server was started on this data folder yet [no_secret]')
      : E.right(stored.right);
  } finally {
    file.right.close();
  }
};

const detailInWords = ({ detail }: RefusedRequest): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const HASH_SHOWN = 12;

const refusedRow = (refused: RefusedRequest): ReadonlyArray<string> => [
  refused.at,
  refused.bookingUid === null ? 'a booking' : `a move of ${refused.bookingUid}`,
  `${refused.start ?? 'no time'}${refused.lengthInMinutes === null ? '' : `, ${refused.lengthInMinutes} min`}`,
  String(refused.eventTypeId ?? ''),
  refused.reason,
  detailInWords(refused),
  refused.attendee?.slice(0, HASH_SHOWN) ?? '',
];

const countedLine = ({ from, at, count, reasons }: CountedRefusals): string =>
  printable(
    `${count} more between ${from} and ${at}: ${Object.entries(reasons)
      .map(([reason, times]) => `${reason} ${times}`)
      .join(', ')}`,
  );

/** One line a refusal, under a heading. */
export const refusedLines = (refused: ReadonlyArray<RefusedRequest>): ReadonlyArray<string> =>
  table(['REFUSED', 'ASKED FOR', 'TIME', 'EVENT TYPE', 'REASON', 'DETAIL', 'WHO'], refused.map(refusedRow));

const fullLine = (hour: string): string =>
  `more may have been refused in the hour from ${hour}: they are counted when it is over, and lost where the server is killed`;

const refusalLines = ({ listed, counted, notCountedYet, unreadable, keptDays }: RefusalReport) => [
  ...(listed.length === 0 ? ['no refusal is listed'] : refusedLines(listed)),
  ...counted.map(countedLine),
  ...notCountedYet.map(fullLine),
  ...(unreadable === 0 ? [] : [`${unreadable} entries cannot be understood`]),
  `refusals are kept ${keptDays === null ? 'as the configuration says, which cannot be read' : `for ${keptDays} days`}`,
];

const reportOf = async (
  log: AuditLog,
  own: ReadsRefusals,
  hostId: string,
  query: RefusalQuery,
  limits: ReportLimits,
): Promise<E.Either<AuditError, RefusalReport>> => {
  const report = await refusalReport(own, hostId, query, limits);
  if (E.isLeft(report) || report.right.listed.length + report.right.counted.length > 0) return report;
  const known = await checkHost(log, hostId);
  return E.isLeft(known) ? known : report;
};

/** Who was refused which time of a host, and why. */
export const showRefusals = async (
  context: CliContext,
  hostId: string,
  options: RefusalsOptions,
): Promise<ExitCode> => {
  const query = instantsOf(options);
  if (E.isLeft(query)) return usage(context, query.left);
  const { email } = options;
  if (email !== undefined && E.isLeft(operatorEmail.decode(email)))
    return usage(context, '--email must be a mail address');
  const settings = await loadSettings(context.env, readFile)();
  const limits = E.isLeft(settings) ? null : settings.right.configuration.audit.refusals;
  const secret = email === undefined ? E.right(null) : await secretOf(context);
  const answer = E.isLeft(secret)
    ? secret
    : await withLog(context.env, async (log, own) => {
        const attendee = secret.right === null || email === undefined ? null : attendeeHash(secret.right)(email);
        return inWordsOf(await reportOf(log, own, hostId, { ...query.right, attendee }, limits));
      });
  return printAnswer(context, answer, { json: options.json ?? false, lines: refusalLines });
};
