import * as E from 'fp-ts/lib/Either.js';
import { parseInstant } from '../../domain/decoding/values.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { StoreError } from '../ports/event-store.ts';
import { type AuditError, type AuditLog, auditPages, type Moment } from './read-for-audit.ts';

/** Positions before the end among whose events the latest time is looked for. */
const LAST_EVENTS = 1000;

/** What time it is by the log: the latest of its last events. */
export const lastTime = async (log: AuditLog, head: number): Promise<E.Either<StoreError, number>> => {
  let latest = 0;
  for await (const page of auditPages(log, { after: Math.max(0, head - LAST_EVENTS), upTo: head }, () => undefined)) {
    if (E.isLeft(page)) return page;
    for (const { occurredAt } of page.right) latest = Math.max(latest, parseInstant(occurredAt) ?? 0);
  }
  return E.right(latest);
};

/**
 * `logEndsAt`: when the last event of the log happened, where that is before the moment that was asked about, so that nobody
 * knows what came in between; else null.
 */
export type LogEnd = { readonly logEndsAt: string | null };

/** An answer about a moment, which says where the log ends before it. */
export const withLogEnd = async <A extends object>(
  log: AuditLog,
  moment: Moment,
  answer: E.Either<AuditError, A>,
): Promise<E.Either<AuditError, A & LogEnd>> => {
  if (E.isLeft(answer)) return answer;
  if (moment.type !== 'instant') return E.right({ ...answer.right, logEndsAt: null });
  const head = await log.head()();
  if (E.isLeft(head)) return head;
  const last = await lastTime(log, head.right);
  if (E.isLeft(last)) return last;
  return E.right({ ...answer.right, logEndsAt: last.right < moment.ms ? toInstant(last.right) : null });
};
