import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { verifyDataFile } from '../adapters/event-store/embedded/verifying/verify-data-file.ts';
import { DATA_FILE } from './open-storage.ts';
import { compareKept } from '../adapters/read-model/compare-kept.ts';
import { sha256Hex } from '../adapters/hashing/sha256.ts';
import { readRotations, rotationsBetween } from '../adapters/identity/head-key-rotation.ts';
import { isNoteSignedBy, openHeadKey, sha256Bytes } from '../adapters/identity/head-key.ts';
import type { AuditLog } from '../application/audit/read-for-audit.ts';
import { attendeeHash } from '../adapters/identity/ids.ts';
import type { ServerSecret } from '../adapters/identity/server-secret.ts';
import type { RefusalLimits } from '../application/refusals/record-refusals.ts';
import type { InstallationRecords } from '../application/installation/record-changes.ts';
import type { ApiKeys } from '../application/ports/keys-and-tokens.ts';
import type { EventStore, OwnStreams } from '../application/ports/event-store.ts';
import type { SubjectKeyReader } from '../application/ports/subject-keys.ts';
import type { HttpDeps } from '../http/http-deps.ts';

type AuditParts = {
  readonly store: EventStore;
  readonly ownStreams: OwnStreams;
  readonly secret: ServerSecret;
  readonly changes: Pick<InstallationRecords, 'noteReading' | 'noteWrappingKey'>;
  readonly sealedStore: EventStore;
  readonly subjectKeys: SubjectKeyReader | null;
  readonly keysIn: string | null;
  readonly keys: Pick<ApiKeys, 'list'>;
  readonly limits: RefusalLimits;
  /** Where the key of heads lies. */
  readonly dataFolder: string;
  /** Where the log is in a data file: its path. */
  readonly logFile: string | null;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
};

/** Events of the log that are folded in one turn: a millisecond or two. */
const PAGE_EVENTS = 200;

/** A turn of the event loop: an embedded log answers at once, and whoever walks over all of it must let others in between. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const inTurns = ({ readStream, head, readAll }: EventStore): AuditLog => ({
  readStream,
  head,
  readAll: (after, limit) => async () => {
    await nextTurn();
    return readAll(after, limit)();
  },
});

/** Whoever waits for an event is answered when the server stops, and does not put it off. */
const untilStop =
  (subscribe: EventStore['subscribe'], signal: AbortSignal): EventStore['subscribe'] =>
  (options) => {
    const subscription = subscribe(options);
    const ignored = (): void => undefined;
    const stop = (): void => void subscription.stop().catch(ignored);
    const forget = (): void => signal.removeEventListener('abort', stop);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    // What broke it shows where it is awaited.
    subscription.done.then(forget, forget);
    return subscription;
  };

/** What audits over HTTP may do: no way to write is among it. */
export const auditDepsOf = ({
  store,
  sealedStore,
  subjectKeys,
  keysIn,
  ownStreams,
  secret,
  changes,
  keys,
  limits,
  dataFolder,
  logFile,
  signal,
}: AuditParts): HttpDeps['audit'] => ({
  log: { ...inTurns(store), subscribe: untilStop(store.subscribe, signal) },
  stored: inTurns(sealedStore),
  own: { read: ownStreams.read },
  noteReading: changes.noteReading,
  noteWrappingKey: changes.noteWrappingKey,
  refusalLimits: limits,
  attendeeHash: attendeeHash(secret),
  keyNames: async () =>
    pipe(
      await keys.list()(),
      E.map((listed) => new Map(listed.map(({ id, name }) => [id, name]))),
    ),
  hashes: { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: subjectKeys },
  // One thread: the others are for those who book.
  verify:
    logFile === null
      ? null
      : verifyDataFile(logFile, { threads: 1, ...(keysIn === null ? {} : { keyFolder: keysIn }) }),
  compareReadModel: compareKept({
    log: inTurns(store),
    folder: dataFolder,
    dataFile: join(dataFolder, DATA_FILE),
    pageEvents: PAGE_EVENTS,
  }),
  signHead: async (head) =>
    pipe(
      await openHeadKey(dataFolder, head.origin),
      E.map(({ sign, verifier }) => ({ note: sign(head), verifier })),
    ),
  rotations: async (from, to) =>
    pipe(
      await readRotations(dataFolder),
      E.map((rotations) => rotationsBetween(rotations, from, to)),
    ),
  writtenRotations: () => readRotations(dataFolder),
});
