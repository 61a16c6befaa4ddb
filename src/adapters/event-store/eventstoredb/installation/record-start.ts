import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StoreError, OwnStreams } from '../../../../application/ports/event-store.ts';
import {
  type InstallationRefusal,
  type Membership,
  type StoredNode,
  changeMembership,
  readMembership,
} from '../../../cluster/node.ts';
import type { DataFile } from '../../../sqlite/data-file.ts';

/** The starts of one data folder, under whatever name. */
const startsOf = (folder: string): string => `node-${folder}`;

type Parts = { readonly ownStreams: OwnStreams; readonly file: DataFile; readonly node: StoredNode };
type Answer<A> = Promise<E.Either<InstallationRefusal | StoreError, A>>;

const begin = async (file: DataFile): Promise<E.Either<StoreError, Membership>> => {
  const before = await readMembership(file)();
  return E.isLeft(before) || before.right.starting !== null
    ? before
    : changeMembership(file, { starting: randomUUID() })();
};

/**
 * Each start of a data folder is an event after the one before it, whose revision lies in the data file. Where somebody
 * else has written there, it was a copy of the folder. The id is durable before it is sent, so that a start that was
 * killed in the middle is not taken for a copy. From here on the folder belongs to this installation.
 */
export const recordStart = async ({ ownStreams, file, node }: Parts, installation: string): Answer<void> => {
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
