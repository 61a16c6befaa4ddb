import { type LoggedEvent, newestVersion } from '../../domain/log/decode.ts';
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

/**
 * Decided events as they go into the log: with ids, version, cause and the hash chain from `previousHash` on. `followed`:
 * what the saga decided on them at once; each of those is caused by the event before it, and done by the system.
 */
export const record =
  (identity: Pick<Identity, 'eventId' | 'sha256'>) =>
  (
    events: ReadonlyArray<LoggedEvent>,
    context: CommandContext,
    previousHash: string,
    followed: ReadonlyArray<LoggedEvent> = [],
  ): ReadonlyArray<Envelope> => {
    const idAt = (ordinal: number): string => identity.eventId(context.commandId, ordinal);
    return seal(identity.sha256)(
      previousHash,
      [...events, ...followed].map(({ type, data, occurredAt }, ordinal) => ({
        id: idAt(ordinal),
        type,
        version: newestVersion(type),
        // Codecs let only JSON in; the type of free-form answers is `unknown` there, hence the assertion.
        data: data as JsonObject,
        occurredAt,
        ...(ordinal < events.length
          ? { actor: context.actor, causationId: context.causationId }
          : {
              actor: { kind: 'system' } as const,
              causationId: ordinal === 0 ? context.causationId : idAt(ordinal - 1),
            }),
        correlationId: context.correlationId,
      })),
    );
  };
