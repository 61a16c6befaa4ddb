import { randomUUID } from 'node:crypto';
import type { ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../../domain/unknown.ts';
import { backoffWithJitter } from '../../../application/consumers/waiting.ts';
import type { Client } from './client.ts';
import { collect, type Reading } from './reading.ts';
import { type Failure, toFailure } from './wire-event.ts';
import type { HostRefusal } from './host-refusal.ts';
import { pause, TIME_UP, within } from '../../clock/time-limit.ts';

/** A right of the user in the streams with the prefix. The right to read `$all` is always needed. */
export type Right = 'read' | 'write';

/** `rights`: those that are tried. `hasUser`: whether the connection string names one. */
export type Opening = Reading & {
  readonly rights: ReadonlyArray<Right>;
  readonly hasUser: boolean;
  /** Why no host can ever be reached; null where one may still come. */
  readonly hostsRefusal: () => Promise<HostRefusal | null>;
};

/** Milliseconds between two attempts to find a leader, at most. */
const LONGEST_PAUSE_MS = 1_000;

/** The oldest server whose reads of a stream say positions. */
const OLDEST = { major: 22, minor: 6 };

/**
 * No stream has this revision. An append that expects it is refused because of it, and so only if the user may append.
 */
const NO_SUCH_REVISION = BigInt(Number.MAX_SAFE_INTEGER);

/** `refused`: waiting changes nothing. `away`: it may help; `broken` where the client has to be replaced. */
type Look =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly refusal: HostRefusal }
  | { readonly type: 'away'; readonly reason: string; readonly broken: boolean };

const readTo = async (
  { clock, readStallMs }: Opening,
  read: StreamingRead<ResolvedEvent>,
): Promise<Failure | 'allowed'> => {
  try {
    await collect(clock, readStallMs, read);
    return 'allowed';
  } catch (thrown) {
    const failure = toFailure(thrown);
    return failure.type === 'no-stream' ? 'allowed' : failure;
  }
};

/** Writes nothing. */
const tryToAppend = async (client: Client, stream: string): Promise<Failure | 'allowed'> => {
  const event = {
    id: randomUUID(),
    type: 'RightTried',
    contentType: 'application/json',
    data: {},
    metadata: {},
  } as const;
  try {
    await client.appendToStream(stream, [event], { expectedRevision: NO_SUCH_REVISION, requiresLeader: true });
    return 'allowed';
  } catch (thrown) {
    const failure = toFailure(thrown);
    return failure.type === 'wrong-revision' ? 'allowed' : failure;
  }
};

const isDenied = (failure: Failure | 'allowed'): failure is Extract<Failure, { readonly type: 'denied' }> =>
  failure !== 'allowed' && failure.type === 'denied';

const away = (failure: Failure): Look => ({
  type: 'away',
  reason: reasonOf(failure.type === 'final' ? failure.error : failure),
  broken: failure.type === 'not-sent',
});

const refused = (code: HostRefusal['code'], reason: string): Look => ({ type: 'refused', refusal: { code, reason } });

/** `23.10.8.0` or `24.10.0-alpha`; the client says `unknown` where a server before 21.10 does not know the question. */
const isTooOld = (version: string): boolean => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return version === 'unknown';
  return Number(major) < OLDEST.major || (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor);
};

/** The version of the server from the client's private state; null where it has none. */
const versionOf = async (client: Client): Promise<string | null> => {
  const features: unknown = await Reflect.get(client, 'capabilities');
  const version: unknown = typeof features === 'object' && features !== null && Reflect.get(features, 'serverVersion');
  return typeof version === 'string' ? version : null;
};

const look = async (deps: Opening): Promise<Look> => {
  const { connection, prefix, hasUser } = deps;
  const client = connection.client();
  const stream = `${prefix}installation-holdfast`;
  const one = { direction: 'backwards', maxCount: 1, requiresLeader: true } as const;
  const all = await readTo(deps, client.readAll({ ...one, fromPosition: 'end' }));
  if (all !== 'allowed' && !isDenied(all)) return away(all);
  if (isDenied(all) && all.isUserUnknown)
    return refused('user_unknown', 'it knows no such user with this password: correct them in the connection string');
  if (isDenied(all) && !hasUser)
    return refused(
      'user_missing',
      'it asks for a user: write user:password@ before the hosts of the connection string',
    );
  const tries: Readonly<Record<Right, () => Promise<Failure | 'allowed'>>> = {
    read: () => readTo(deps, client.readStream(stream, { ...one, fromRevision: 'end' })),
    write: () => tryToAppend(client, stream),
  };
  const tried: Array<{ readonly right: string; readonly outcome: Failure | 'allowed' }> = [
    { right: 'read $all', outcome: all },
  ];
  for (const right of deps.rights) tried.push({ right: `${right} streams ${prefix}…`, outcome: await tries[right]() });
  const [failed] = tried.flatMap(({ outcome }) => (outcome === 'allowed' || isDenied(outcome) ? [] : [outcome]));
  if (failed !== undefined) return away(failed);
  const missing = tried.filter(({ outcome }) => isDenied(outcome)).map(({ right }) => right);
  if (missing.length > 0)
    return refused(
      'right_missing',
      `its user lacks the right to ${missing.join(', to ')}: put the user into $admins, or give it that right by the access control lists`,
    );
  const version = await versionOf(client);
  if (version === null || !isTooOld(version)) return { type: 'ready' };
  return refused(
    'server_too_old',
    `its version ${version} is too old: ${OLDEST.major}.${OLDEST.minor} or later is needed`,
  );
};

const looked = async (deps: Opening): Promise<Look> => {
  try {
    return await look(deps);
  } catch (thrown) {
    return away(toFailure(thrown));
  }
};

/**
 * Waits until a leader answers and grants the rights that we need. Left: at once, what waiting does not change; after
 * `limitMs` milliseconds, why no leader answered.
 */
export const awaitLeader = async (deps: Opening, limitMs: number): Promise<E.Either<string | HostRefusal, void>> => {
  const { clock, connection, random } = deps;
  const until = clock.elapsed() + limitMs;
  let reason = 'no node answered';
  for (let count = 1; clock.elapsed() < until; count += 1) {
    const client = connection.client();
    const found = await within(clock, until - clock.elapsed(), looked(deps));
    if (found === TIME_UP) break;
    if (found.type === 'ready') return E.right(undefined);
    if (found.type === 'refused') return E.left(found.refusal);
    reason = found.reason;
    if (found.broken) connection.replace(client);
    const refusal = await within(clock, Math.max(0, until - clock.elapsed()), deps.hostsRefusal());
    if (refusal !== TIME_UP && refusal !== null) return E.left(refusal);
    const wait = Math.min(backoffWithJitter(count, random), LONGEST_PAUSE_MS, until - clock.elapsed());
    await pause(clock, Math.max(0, wait));
  }
  return E.left(reason);
};
