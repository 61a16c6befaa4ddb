import { existsSync } from 'node:fs';
import { forgottenIn, keyIdsIn, readKeyFile } from './key-files.ts';
import { readWrappingKeys, sealWith, subjectIn, subjectOfKey, unwrapped } from './wrapping-keys.ts';

/**
 * Seals with the keys that a folder has now, also beside a running server: none is made. `forgotten`: the mailbox had one, and
 * has none any more. Throws where the folder cannot be used.
 */
export const sealWithPresent = (folder: string) => {
  const wrapping = existsSync(folder) ? readWrappingKeys(folder) : null;
  const present = new Map(wrapping === null ? [] : keyIdsIn(folder).map((id) => [subjectOfKey(id), id]));
  const forgotten = new Set(wrapping === null ? [] : [...forgottenIn(folder)].map(subjectOfKey));
  return (
    mailbox: string,
    context: string,
    text: string,
  ): { readonly key: string; readonly text: string } | 'forgotten' | null => {
    if (wrapping === null) return null;
    const subject = subjectIn(wrapping, mailbox);
    const key = present.get(subject);
    const stored = key === undefined ? null : readKeyFile(folder, key);
    if (key === undefined) return forgotten.has(subject) ? 'forgotten' : null;
    // One that was there when the folder was read is destroyed meanwhile; one that is damaged opens nothing in the log either.
    const unwrappedKey = stored === null ? null : unwrapped(wrapping, key, stored);
    return unwrappedKey === null ? 'forgotten' : { key, text: sealWith(unwrappedKey, context, text) };
  };
};
