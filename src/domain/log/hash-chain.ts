import { canonicalJson } from './canonical-json.ts';
import type { Envelope } from './envelope.ts';
import type { Sha256 } from './personal-data.ts';
import { erasePersonal } from './personal-data.ts';

/** The hash before a stream's first event. */
export const GENESIS_HASH = '';

/** An event on its way into the log, not chained yet. */
export type UnsealedEvent = Omit<Envelope, 'hash'>;

/** Hash of the event before it and of this event's canonical form, personal data as a digest. Lower-case hex. */
export const chainedHash =
  (sha256: Sha256) =>
  (previousHash: string, event: UnsealedEvent): string => {
    const { id, type, version, data, occurredAt, actor, correlationId, causationId } = event;
    const erased = erasePersonal(sha256)(data);
    // In the order of the canonical form, which spares sorting.
    const content = { actor: { ...actor }, causationId, correlationId, data: erased, id, occurredAt, type, version };
    return sha256(`${previousHash}${canonicalJson(content)}`);
  };

/** Chains new events of one stream to its last hash, in order. */
export const seal =
  (sha256: Sha256) =>
  (previousHash: string, events: ReadonlyArray<UnsealedEvent>): ReadonlyArray<Envelope> => {
    let previous = previousHash;
    return events.map((event) => {
      previous = chainedHash(sha256)(previous, event);
      return { ...event, hash: previous };
    });
  };

/** Where a chain breaks, if it does: index of the first event whose hash is not what its content and past make it. */
export const firstBrokenLink =
  (sha256: Sha256) =>
  (previousHash: string, events: ReadonlyArray<Envelope>): number | null => {
    let previous = previousHash;
    for (const [index, event] of events.entries()) {
      if (chainedHash(sha256)(previous, event) !== event.hash) return index;
      previous = event.hash;
    }
    return null;
  };
