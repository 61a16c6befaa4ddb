import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import type { Copying } from '../../../src/application/log-migration/copying.ts';
import { copyLog } from '../../../src/application/log-migration/copy-log.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { Envelope, JsonObject, RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../../src/domain/log/hash-chain.ts';
import { mustRun } from '../../support/must.ts';

/** A stream's events with this data, chained. Ids come from the stream's name and the salt. */
export const chained = (stream: string, data: ReadonlyArray<JsonObject>, salt = ''): ReadonlyArray<Envelope> =>
  seal(sha256Hex)(
    GENESIS_HASH,
    data.map((one, ordinal) => ({
      id: deterministicId(`${stream}${salt}`, ordinal),
      type: 'NoteTaken',
      version: 1,
      data: one,
      occurredAt: '2050-09-05T08:00:00Z',
      actor: ordinal % 2 === 0 ? { kind: 'guest' } : { kind: 'host', id: 'odd' },
      correlationId: stream,
      causationId: ordinal === 0 ? null : `${stream} ${ordinal - 1}`,
    })),
  );

export const notes = (count: number): ReadonlyArray<JsonObject> =>
  Array.from({ length: count }, (_, number) => ({ number }));

/** Appends events one by one from a revision on. */
export const write = async (
  store: EventStore,
  stream: string,
  events: ReadonlyArray<Envelope>,
  from = 0,
): Promise<void> => {
  for (const [index, event] of events.entries()) {
    if (index < from) continue;
    await mustRun(store.append({ stream, expected: index === 0 ? 'no-stream' : index - 1, events: [event] }));
  }
};

/** Everything in a log by stream, without positions, which mean something in one log only. */
export const contentOf = async (
  store: EventStore,
): Promise<Readonly<Record<string, ReadonlyArray<Omit<RecordedEvent, 'position'>>>>> => {
  const all = await mustRun(store.readAll(0, 100_000));
  const events = all.map(({ position: _position, ...event }) => event);
  return Object.fromEntries([...Map.groupBy(events, ({ stream }) => stream)]);
};

export const copying = (from: EventStore, to: EventStore, options: Partial<Copying> = {}) =>
  copyLog({
    from,
    to,
    sha256: sha256Hex,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
