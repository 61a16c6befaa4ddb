import { type LoggedEvent, newestVersion } from '../../domain/log/decode.ts';
import type { Actor, Envelope, JsonObject } from '../../domain/log/envelope.ts';
import { seal } from '../../domain/log/hash-chain.ts';
import type { Identity } from '../ports/clock-and-ids.ts';
import type { Sealing } from '../privacy/sealing.ts';

/** Who commands, and what it belongs to. The same `commandId` makes the same event ids (I5). */
export type CommandContext = {
  readonly commandId: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
};

/**
 * Decided events as they go into the log: with ids, version, cause and the hash chain from `previousHash` on. `followed`:
 * what the saga decided on them at once; each of those is caused by the event before it, and done by the system. `sealing`:
 * seals their personal data for the subject, so that the hashes cover what is stored; without it that is stored in the clear.
 */
export const record =
  (identity: Pick<Identity, 'eventId' | 'sha256'>) =>
  (
    events: ReadonlyArray<LoggedEvent>,
    context: CommandContext,
    previousHash: string,
    followed: ReadonlyArray<LoggedEvent> = [],
    sealing?: Sealing['seal'],
    subject = '',
  ): ReadonlyArray<Envelope> => {
    const idAt = (ordinal: number): string => identity.eventId(context.commandId, ordinal);
    const stored = (id: string, data: LoggedEvent['data']): JsonObject => {
      // Codecs let only JSON in; the type of free-form answers is `unknown` there, hence the assertion.
      const plain = data as JsonObject;
      return sealing === undefined ? plain : sealing({ id, data: plain }, subject);
    };
    return seal(identity.sha256)(
      previousHash,
      [...events, ...followed].map(({ type, data, occurredAt }, ordinal) => ({
        id: idAt(ordinal),
        type,
        version: newestVersion(type),
        data: stored(idAt(ordinal), data),
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
