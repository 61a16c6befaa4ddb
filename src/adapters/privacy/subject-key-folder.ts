import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import QuickLRU from 'quick-lru';
import type { SubjectKeyReader, SubjectKeys } from '../../application/ports/subject-keys.ts';
import { messageOf } from '../../domain/unknown.ts';
import { makePrivateFolder } from '../sqlite/private-files.ts';
import {
  forgottenIn,
  isKeyId,
  keyFile,
  keyIdsIn,
  noteForgotten,
  oneByOne,
  putFile,
  readKeyFile,
  removeKeyFiles,
  syncFolder,
} from './key-files.ts';
import {
  isOfAnother,
  makeKey,
  makeWrappingKeys,
  onlyCurrent,
  opened,
  readWrappingKeys,
  saveWrappingKeys,
  sealWith,
  subjectIn,
  subjectOfKey,
  unwrapped,
  withNewCurrent,
  wrapped,
  wrappedBy,
  type WrappingKeys,
} from './wrapping-keys.ts';

/** Keys that are kept unwrapped in memory, at most: a few hundred bytes each. */
const KEPT_KEYS = 50_000;
/** Key files that are wrapped anew at the same time. */
const WRITTEN_AT_ONCE = 16;

export type KeyFolderError = { readonly type: 'KeyFolderUnusable'; readonly path: string; readonly reason: string };

const attempt = <A>(path: string, make: () => A): E.Either<KeyFolderError, A> =>
  E.tryCatch(make, (thrown) => ({ type: 'KeyFolderUnusable', path, reason: messageOf(thrown) }));

/**
 * Reads the keys of a folder, also beside a running server. A folder that is not there has none: everything is as if it were
 * erased. Keys that are destroyed meanwhile may be known until it is opened again.
 */
export const readSubjectKeys = (folder: string): E.Either<KeyFolderError, SubjectKeyReader> =>
  attempt(folder, () => {
    const wrapping = existsSync(folder) ? readWrappingKeys(folder) : null;
    const kept = new QuickLRU<string, Buffer>({ maxSize: KEPT_KEYS });
    const find = (id: string): Buffer | null => {
      const known = kept.get(id);
      if (known !== undefined || wrapping === null) return known ?? null;
      const text = readKeyFile(folder, id);
      if (text === null) return null;
      const key = unwrapped(wrapping, id, text);
      if (key !== null) kept.set(id, key);
      return key;
    };
    return {
      open: (id, context, sealed) => opened(find(id), id, context, sealed),
      isMissing: (id) => isKeyId(id) && find(id) === null && !forgottenIn(folder).has(id),
    };
  });

/**
 * Opens the keys of a folder for a server, and makes the folder where there is none. What an earlier run has begun to destroy
 * is destroyed first.
 */
export const openSubjectKeys = async (folder: string): Promise<E.Either<KeyFolderError, SubjectKeys>> => {
  try {
    makePrivateFolder(folder, '');
    const stored = readWrappingKeys(folder);
    if (stored === null && keyIdsIn(folder).length > 0)
      throw new Error('it has keys, and the file with the keys that wrap them is missing');
    const wrapping = stored ?? makeWrappingKeys();
    if (stored === null) await saveWrappingKeys(folder, wrapping);
    if (isOfAnother(folder)) throw new Error('none of its keys can be unwrapped: they are of another folder');
    const forgotten = new Set(forgottenIn(folder));
    const back = keyIdsIn(folder).filter((id) => forgotten.has(id));
    if (back.length > 0) await removeKeyFiles(folder, back);
    return E.right(makeSubjectKeys(folder, wrapping, forgotten));
  } catch (thrown) {
    return E.left({ type: 'KeyFolderUnusable', path: folder, reason: messageOf(thrown) });
  }
};

/** `forgotten`: ids of keys that were destroyed; added to. */
const makeSubjectKeys = (folder: string, initial: WrappingKeys, forgotten: Set<string>): SubjectKeys => {
  let wrapping = initial;
  const kept = new QuickLRU<string, Buffer>({ maxSize: KEPT_KEYS });
  /** The key in use of each subject. */
  const current = new Map(keyIdsIn(folder).map((id) => [subjectOfKey(id), id]));
  /** Made, and not durable yet. */
  const unsaved = new Map<string, Buffer>();
  /** What writes to the folder. */
  const inTurn = oneByOne();

  const save = async (): Promise<void> => {
    const batch = [...unsaved];
    if (batch.length === 0) return;
    // Another node may have changed it, and destroyed the one before.
    wrapping = readWrappingKeys(folder) ?? wrapping;
    await Promise.all(batch.map(([id, key]) => putFile(keyFile(folder, id), wrapped(wrapping, id, key))));
    await syncFolder(folder);
    for (const [id] of batch) unsaved.delete(id);
  };
  /** Whether the key can still be used: another node may have destroyed it meanwhile. */
  const isThere = (id: string): boolean => unsaved.has(id) || existsSync(keyFile(folder, id));
  /** Subjects whose keys another node destroys. */
  const doubted = new Set<string>();
  const find = (id: string): Buffer | null => {
    if (forgotten.has(id)) return null;
    if (doubted.has(subjectOfKey(id)) && !isThere(id)) kept.delete(id);
    const known = unsaved.get(id) ?? kept.get(id);
    if (known !== undefined) return known;
    const text = readKeyFile(folder, id);
    if (text === null) return null;
    // Another node may have changed the wrapping key meanwhile.
    if (!wrapping.keys.has(wrappedBy(text))) wrapping = readWrappingKeys(folder) ?? wrapping;
    const key = unwrapped(wrapping, id, text);
    if (key !== null) kept.set(id, key);
    return key;
  };
  const subjectOf = (mailbox: string): string => subjectIn(wrapping, mailbox);

  return {
    subjectOf,
    subjectOfKey,
    open: (id, context, sealed) => opened(find(id), id, context, sealed),
    // Another node may have destroyed it meanwhile.
    isMissing: (id) => isKeyId(id) && find(id) === null && !forgotten.has(id) && !forgottenIn(folder).has(id),
    keyFor: (mailbox) => {
      const subject = subjectOf(mailbox);
      const known = current.get(subject);
      // One whose file is damaged is left for whoever has a copy of it.
      if (known !== undefined && isThere(known) && find(known) !== null) return known;
      if (known !== undefined) kept.delete(known);
      const id = `${subject}-${randomBytes(4).toString('hex')}`;
      const key = makeKey();
      unsaved.set(id, key);
      kept.set(id, key);
      current.set(subject, id);
      return id;
    },
    seal: (id, context, text) => {
      const key = find(id);
      if (key === null) throw new Error(`the key ${id} is not here`);
      return sealWith(key, context, text);
    },
    saved: (ids = [...unsaved.keys()]) => (ids.some((id) => unsaved.has(id)) ? inTurn(save) : Promise.resolve()),
    isThere,
    subjects: () => Map.groupBy(new Set([...keyIdsIn(folder), ...current.values(), ...unsaved.keys()]), subjectOfKey),
    retire: (subject, known = keyIdsIn(folder)) => {
      current.delete(subject);
      return [...new Set([...known, ...unsaved.keys()])].filter((id) => subjectOfKey(id) === subject);
    },
    destroy: (ids) =>
      inTurn(async () => {
        await save();
        const known = ids.filter((id) => isKeyId(id) && !forgotten.has(id));
        if (known.length > 0) await noteForgotten(folder, known);
        for (const id of known) {
          forgotten.add(id);
          kept.delete(id);
          if (current.get(subjectOfKey(id)) === id) current.delete(subjectOfKey(id));
        }
        await removeKeyFiles(folder, ids.filter(isKeyId));
      }),
    doubt: (subject) => void doubted.add(subject),
    rotate: () =>
      inTurn(async () => {
        await save();
        wrapping = withNewCurrent(wrapping);
        await saveWrappingKeys(folder, wrapping);
        const ids = keyIdsIn(folder);
        let count = 0;
        const wrapAnew = async (id: string): Promise<void> => {
          const key = find(id);
          if (key === null) return;
          await putFile(keyFile(folder, id), wrapped(wrapping, id, key));
          count += 1;
        };
        for (let begun = 0; begun < ids.length; begun += WRITTEN_AT_ONCE)
          await Promise.all(ids.slice(begun, begun + WRITTEN_AT_ONCE).map(wrapAnew));
        await syncFolder(folder);
        wrapping = onlyCurrent(wrapping);
        await saveWrappingKeys(folder, wrapping);
        return count;
      }),
  };
};
