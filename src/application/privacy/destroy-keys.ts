import * as E from 'fp-ts/lib/Either.js';
import { sealedParts } from '../../domain/log/sealed-data.ts';
import { type AuditLog, auditPages } from '../audit/read-for-audit.ts';
import { bookingUidOf } from '../commands/aggregate.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { SubjectKeys } from '../ports/subject-keys.ts';
import type { AppendGate } from './append-gate.ts';

export type DestroyDeps = {
  readonly stored: AuditLog;
  readonly keys: SubjectKeys;
  readonly gate: Pick<AppendGate, 'withhold'>;
};

/**
 * Bookings in which something was sealed with one of these keys since the log was read for a person. It is asked while
 * nothing is written with them.
 */
export type SealedSince = (keys: ReadonlySet<string>) => Promise<E.Either<StoreError, ReadonlyArray<string>>>;

/** Reads on from the position up to which the log was read for a person. */
export const sealedSince =
  ({ stored }: Pick<DestroyDeps, 'stored'>, upTo: number): SealedSince =>
  async (keys) => {
    const head = await stored.head()();
    if (E.isLeft(head)) return head;
    const found = new Set<string>();
    for await (const page of auditPages(stored, { after: upTo, upTo: head.right })) {
      if (E.isLeft(page)) return page;
      for (const { stream, data } of page.right) {
        const uid = bookingUidOf(stream);
        if (uid !== null && sealedParts(data).some(({ key }) => keys.has(key))) found.add(uid);
      }
    }
    return E.right([...found]);
  };

/**
 * Destroys keys while nothing that uses them is being written. Where something came with one of them meanwhile, to other
 * bookings than those that are known, its data would be gone as well: then nothing is destroyed, and these are the answer.
 */
export const destroyKeys = async (
  { keys, gate }: DestroyDeps,
  ids: ReadonlyArray<string>,
  known: ReadonlyArray<string>,
  since: SealedSince,
): Promise<E.Either<StoreError, ReadonlyArray<string>>> =>
  gate.withhold(ids, async () => {
    const sealed = await since(new Set(ids));
    if (E.isLeft(sealed)) return sealed;
    const others = new Set(sealed.right).difference(new Set(known));
    if (others.size === 0) await keys.destroy(ids);
    return E.right([...others]);
  });
