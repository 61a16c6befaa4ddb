import { toEpochMs } from '../../domain/time/time.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Finding } from './finding.ts';
import type { EventPlace } from './held-times.ts';

/** Rules by which a time of a host was granted, and the first event of a stream that names them. `at`: epoch milliseconds. */
export type NamedRules = EventPlace & { readonly hostId: string; readonly digest: string; readonly at: number };

/** Rules that a host has had, by their digests, as their own stream has them; null: it is not understood. */
export type RulesInLog = { readonly hostId: string; readonly digests: ReadonlyArray<string> | null };

/** What an event says by which rules a time was granted. */
export const namedRules = (
  hostId: string,
  digest: string,
  { stream, revision, position, occurredAt }: RecordedEvent,
): NamedRules => ({ hostId, digest, stream, revision, position, at: toEpochMs(occurredAt) });

/** Rules are written beside the first requests that they decide, and tried until they are written. */
const WRITTEN_BY_MS = 3_600_000;

/**
 * Rules that are named and are not in the log. `latest`: of all times of the log, epoch milliseconds. Whoever did not write
 * rules yet named none.
 */
export const rulesFindings = (
  named: ReadonlyArray<NamedRules>,
  inLog: ReadonlyArray<RulesInLog>,
  latest: number,
): ReadonlyArray<Finding> => {
  const byHost = new Map(inLog.map(({ hostId, digests }) => [hostId, digests === null ? null : new Set(digests)]));
  return named.flatMap(({ hostId, digest, at, ...where }): ReadonlyArray<Finding> => {
    const known = byHost.get(hostId);
    if (known === null || known?.has(digest) === true || latest - at <= WRITTEN_BY_MS) return [];
    const { stream, revision, position } = where;
    const reason = `its time was granted by rules of host ${hostId} that the log does not have`;
    return [{ kind: 'no-rules', stream, revision, position, reason }];
  });
};
