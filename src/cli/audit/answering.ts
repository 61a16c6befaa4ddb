import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { applyKeyEvents, KEYS_STREAM, NO_KEYS } from '../../adapters/identity/api-key-stream.ts';
import { AN_INSTANT, type AuditError, type AuditLog } from '../../application/audit/read-for-audit.ts';
import { describeStoreError, type OwnStreams, type StoreError } from '../../application/ports/event-store.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import type { AuditNames } from '../../projections/audit/booking-timeline.ts';
import { withLog } from '../local/installation-commands.ts';
import { type CliContext, type ExitCode, exitCode } from '../terminal.ts';

/** Why a question to the log has no answer, with a code that programs can go by. */
const describeAuditError = (error: AuditError): string => {
  switch (error.type) {
    case 'UnknownBooking':
      return 'the log has no booking whose uid is or begins so [booking_not_found]';
    case 'AmbiguousUid': {
      const more = error.count > error.candidates.length ? ', ...' : '';
      return `${error.count} bookings begin so: ${error.candidates.join(', ')}${more} [ambiguous_uid]`;
    }
    case 'UnknownHost':
      return 'the log has no host of this id [host_not_found]';
    case 'UnknownRevision':
      return `the booking has no such revision: its last is ${error.last} [revision_not_found]`;
    case 'UnknownStream':
      return 'the log has no booking or schedule whose stream is called so [stream_not_found]';
    default:
      return `the log cannot be read: ${describeStoreError(error)}`;
  }
};

/** HOLDFAST_API_KEY stands for a key of this id, which is not stored. */
const ENVIRONMENT_KEY: readonly [id: string, name: string] = ['environment', 'HOLDFAST_API_KEY'];

/** Ids and names of all keys, revoked ones included: the actors of events. */
const readKeyNames = async (
  streams: Pick<OwnStreams, 'read'>,
): Promise<E.Either<StoreError, ReadonlyArray<readonly [id: string, name: string]>>> =>
  pipe(
    await streams.read(KEYS_STREAM)(),
    E.flatMap((events) => applyKeyEvents(NO_KEYS, events)),
    E.map(({ rows }) => [...rows.values()].map(({ id, name }) => [id, name] as const)),
  );

/** Reads the log, with the names of keys, where the configuration says it is. Left says why it cannot. */
export const withNamedLog = <A>(
  { env, terminal }: CliContext,
  use: (log: AuditLog, names: AuditNames, own: Pick<OwnStreams, 'read'>) => Promise<E.Either<string, A>>,
): Promise<E.Either<string, A>> =>
  withLog(
    env,
    async (log, own) => {
      const keys = await readKeyNames(own);
      if (E.isLeft(keys)) return E.left(`the keys cannot be read: ${describeStoreError(keys.left)}`);
      const known = new Map([ENVIRONMENT_KEY, ...keys.right]);
      return use(log, { ofActor: (id) => known.get(id) ?? null }, own);
    },
    terminal.err,
  );

/** How an answer is printed: whole as JSON, or in lines for people. */
type Printed<A> = { readonly json: boolean; readonly lines: (answer: A) => ReadonlyArray<string> };

/** Prints an answer to standard output, or on standard error why there is none. */
export const printAnswer = <A>(
  { terminal }: CliContext,
  answer: E.Either<string, A>,
  { json, lines }: Printed<A>,
): ExitCode => {
  if (E.isLeft(answer)) {
    terminal.err(`holdfast: ${answer.left}`);
    return exitCode.failed;
  }
  if (json) terminal.out(JSON.stringify(answer.right, null, 2));
  else for (const line of lines(answer.right)) terminal.out(line);
  return exitCode.fine;
};

/** A question about the log as it is now, its error in words. */
export const inWordsOf = <A>(answer: E.Either<AuditError, A>): E.Either<string, A> =>
  pipe(answer, E.mapLeft(describeAuditError));

/** `at`, `from` and `to` of a question, epoch milliseconds; null: not given. `to` is not before `from`. */
export type AskedInstants = { readonly at: number | null; readonly from: number | null; readonly to: number | null };

/** Left: which option is wrong. */
export const instantsOf = (given: {
  readonly at?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): E.Either<string, AskedInstants> => {
  const instants = { at: null as number | null, from: null as number | null, to: null as number | null };
  for (const name of ['at', 'from', 'to'] as const) {
    const text = given[name];
    if (text === undefined) continue;
    const ms = parseInstant(text);
    if (ms === null) return E.left(`--${name} must be ${AN_INSTANT}`);
    instants[name] = ms;
  }
  const { from, to } = instants;
  return from !== null && to !== null && to < from ? E.left('--to must not be before --from') : E.right(instants);
};

/** Says what is wrong with an option. */
export const usage = ({ terminal }: CliContext, message: string): ExitCode => {
  terminal.err(`holdfast: ${message} [invalid_usage]`);
  return exitCode.usage;
};
