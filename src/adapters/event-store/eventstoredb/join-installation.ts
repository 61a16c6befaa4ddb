import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { randomUUID } from 'node:crypto';
import type { StoreError, OwnStreams } from '../../../application/ports/event-store.ts';
import {
  type InstallationRefusal,
  type Membership,
  type StoredNode,
  changeMembership,
  readMembership,
  renewFolder,
} from '../../cluster/node.ts';
import { type ServerSecret, secretFingerprint } from '../../identity/server-secret.ts';
import type { DataFile } from '../../sqlite/data-file.ts';
import {
  type Installation,
  type InstallationEvent,
  JOIN_ATTEMPTS,
  appendTo,
  readInstallation,
} from './installation.ts';

/** `calendars`: ids of the built-in ones that this node is configured with. */
export type Joining = {
  readonly ownStreams: OwnStreams;
  readonly file: DataFile;
  readonly node: StoredNode;
  readonly secret: ServerSecret;
  readonly calendars: ReadonlyArray<string>;
};

type Refused = InstallationRefusal | StoreError;
type Answer<A> = Promise<E.Either<Refused, A>>;

/** The starts of one data folder, under whatever name. */
const startsOf = (folder: string): string => `node-${folder}`;

const begin = async (file: DataFile): Promise<E.Either<StoreError, Membership>> => {
  const before = await readMembership(file)();
  return E.isLeft(before) || before.right.starting !== null
    ? before
    : changeMembership(file, { starting: randomUUID() })();
};

/**
 * Each start of a data folder is an event after the one before it, whose revision is in the data file. If another event
 * is there, the folder was copied. The id is durable before it is sent, so that a start that was killed does not look
 * like a copy. From here on the folder belongs to this installation.
 */
const recordStart = async ({ ownStreams, file, node }: Joining, installation: string): Answer<void> => {
  const begun = await begin(file);
  if (E.isLeft(begun)) return begun;
  const { starting, lastStart } = begun.right;
  const started = { id: starting ?? randomUUID(), type: 'NodeStarted', data: { node: node.name } };
  const written = await ownStreams.append(startsOf(node.folder), lastStart ?? 'no-stream', [started])();
  if (E.isLeft(written)) {
    return written.left.type === 'RevisionConflict' ? E.left({ type: 'CopiedFolder', node: node.name }) : written;
  }
  const remembered = { installation, starting: null, lastStart: written.right.revision };
  return pipe(
    await changeMembership(file, remembered)(),
    E.map(() => undefined),
  );
};

const refusalOf = (
  { node, secret, calendars }: Joining,
  installation: Installation,
  held: string | null,
): InstallationRefusal | null => {
  if (held !== null && held !== installation.id) return { type: 'OtherInstallation' };
  if (installation.secret !== secretFingerprint(secret)) return { type: 'OtherSecret' };
  const namesake = installation.nodes.get(node.name) ?? node.folder;
  if (namesake !== node.folder) return { type: 'NodeNameTaken', node: node.name };
  for (const calendar of calendars) {
    const holder = installation.calendars.get(calendar) ?? node.folder;
    if (holder === node.folder) continue;
    const [name = holder] = [...installation.nodes].find(([, folder]) => folder === holder) ?? [];
    return { type: 'CalendarElsewhere', calendar, node: name };
  }
  return null;
};

const missing = ({ node, calendars }: Joining, installation: Installation): ReadonlyArray<InstallationEvent> => {
  const { name, folder } = node;
  const claims = calendars
    .filter((calendar) => !installation.calendars.has(calendar))
    .map((calendar): InstallationEvent => ({ type: 'CalendarClaimed', data: { calendar, folder } }));
  return installation.nodes.get(name) === folder
    ? claims
    : [{ type: 'NodeJoined', data: { node: name, folder } }, ...claims];
};

/** `again`: another node was faster, or the installation was founded just now. */
const append = async (
  { ownStreams }: Joining,
  installation: Installation,
  events: ReadonlyArray<InstallationEvent>,
): Answer<'done' | 'again'> => {
  const written = await appendTo(ownStreams, installation, events);
  if (E.isRight(written)) return E.right('done');
  return written.left.type === 'RevisionConflict' ? E.right('again') : written;
};

const found = (joining: Joining, installation: Installation, held: string | null): Answer<'done' | 'again'> => {
  const data = { installation: randomUUID(), secret: secretFingerprint(joining.secret) };
  return held === null
    ? append(joining, installation, [{ type: 'InstallationFounded', data }])
    : Promise.resolve(E.left({ type: 'OtherInstallation' }));
};

const unforgotten = async (joining: Joining, { forgotten }: Installation): Answer<Joining> => {
  if (!forgotten.has(joining.node.folder)) return E.right(joining);
  return pipe(
    await renewFolder(joining.file)(),
    E.map((folder) => ({ ...joining, node: { ...joining.node, folder } })),
  );
};

const join = async (asked: Joining): Answer<StoredNode> => {
  const membership = await readMembership(asked.file)();
  if (E.isLeft(membership)) return membership;
  const { installation: held } = membership.right;
  let joining = asked;
  let isRecorded = false;
  for (let attempt = 1; attempt <= JOIN_ATTEMPTS; attempt += 1) {
    const installation = await readInstallation(joining.ownStreams);
    if (E.isLeft(installation)) return installation;
    if (installation.right.revision === 'no-stream') {
      const founded = await found(joining, installation.right, held);
      if (E.isLeft(founded)) return founded;
      continue;
    }
    const renewed = await unforgotten(joining, installation.right);
    if (E.isLeft(renewed)) return renewed;
    joining = renewed.right;
    const refusal = refusalOf(joining, installation.right, held);
    if (refusal !== null) return E.left(refusal);
    const started = isRecorded ? E.right(undefined) : await recordStart(joining, installation.right.id);
    if (E.isLeft(started)) return started;
    isRecorded = true;
    const events = missing(joining, installation.right);
    const joined = events.length === 0 ? E.right('done') : await append(joining, installation.right, events);
    if (E.isLeft(joined)) return joined;
    if (joined.right === 'done') return E.right(joining.node);
  }
  return E.left({
    type: 'Unavailable',
    reason: `${JOIN_ATTEMPTS} other nodes were faster in joining the installation`,
  });
};

/**
 * Compares what all nodes of an installation must agree on with the log, and writes what is new: the first node founds
 * the installation. Races are settled by the revision. Resolves with the node as it counts from now on.
 */
export const joinInstallation =
  (joining: Joining): TaskEither<Refused, StoredNode> =>
  () =>
    join(joining);
