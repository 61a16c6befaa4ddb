import { type DomainEvent, newestVersion } from '../../domain/log/decode.ts';
import type { Actor, Envelope, JsonObject } from '../../domain/log/envelope.ts';
import { seal } from '../../domain/log/hash-chain.ts';
import type { Identity } from '../ports/clock-and-ids.ts';

/** Who commands, and what it belongs to. The same `commandId` makes the same event ids (I5). */
export type CommandContext = {
  readonly commandId: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
};

/** Decided events as they go into the log: with ids, version, cause and the hash chain from `previousHash` on. */
export const record =
  (identity: Pick<Identity, 'eventId' | 'sha256'>) =>
  (events: ReadonlyArray<DomainEvent>, context: CommandContext, previousHash: string): ReadonlyArray<Envelope> =>
    seal(identity.sha256)(
      previousHash,
      events.map(({ type, data, occurredAt }, ordinal) => ({
        id: identity.eventId(context.commandId, ordinal),
        type,
        version: newestVersion(type),
        // Codecs let only JSON in; the type of free-form answers is `unknown` there, hence the assertion.
        data: data as JsonObject,
        occurredAt,
        actor: context.actor,
        correlationId: context.correlationId,
        causationId: context.causationId,
      })),
    );
