import * as E from 'fp-ts/lib/Either.js';
import { sealedParts } from '../../domain/log/sealed-data.ts';
import { type AuditLog, auditPages } from '../audit/read-for-audit.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { SubjectKeyReader } from '../ports/subject-keys.ts';
import { NO_KEY } from './sealing.ts';

/** Keys with which personal data of a log is sealed. `missing`: not here, though their people are not forgotten. */
export type KeysOfLog = { readonly used: number; readonly missing: number };

/** Which keys a log needs, and which of them are not here. Reads it once, a page in memory at a time, and decrypts nothing. */
export const keysOfLog = async (
  log: AuditLog,
  { isMissing }: Pick<SubjectKeyReader, 'isMissing'>,
): Promise<E.Either<StoreError, KeysOfLog>> => {
  const head = await log.head()();
  if (E.isLeft(head)) return head;
  const known = new Set<string>();
  /** Streams that need a key that is not here. */
  const needed = new Map<string, Set<string>>();
  for await (const page of auditPages(log, { after: 0, upTo: head.right })) {
    if (E.isLeft(page)) return page;
    for (const { stream, type, data } of page.right) {
      for (const { key } of sealedParts(data)) {
        if (key === NO_KEY) continue;
        if (!known.has(key) && isMissing(key)) needed.set(key, new Set());
        known.add(key);
        needed.get(key)?.add(stream);
      }
      if (type !== 'PersonalDataErased' || typeof data.subject !== 'string') continue;
      for (const [key, streams] of needed) if (key.startsWith(data.subject)) streams.delete(stream);
    }
  }
  return E.right({ used: known.size, missing: [...needed.values()].filter(({ size }) => size > 0).length });
};
