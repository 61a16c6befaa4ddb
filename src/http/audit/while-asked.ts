import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AuditLog } from '../../application/audit/read-for-audit.ts';

/** The same log, which ends for whoever walks over it when nobody waits for the answer any more. */
export const whileAsked = (log: AuditLog, gone: AbortSignal): AuditLog => ({
  ...log,
  readAll: (after, limit) =>
    gone.aborted ? TE.left({ type: 'Unavailable', reason: 'nobody waits any more' }) : log.readAll(after, limit),
});
