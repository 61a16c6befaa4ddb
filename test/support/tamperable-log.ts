import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../src/adapters/identity/head-key.ts';
import { type AuditReport, verifyEvents } from '../../src/application/audit/verify-log.ts';
import type { BookingEvent } from '../../src/domain/booking/events.ts';
import type { DomainEvent } from '../../src/domain/log/decode.ts';
import type { Envelope } from '../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../src/domain/log/hash-chain.ts';
import { phantomHistory, sealed } from './booking-history.ts';
import { temporaryDataFile } from './data-file.ts';
import { must, mustRun } from './must.ts';

const occurredAt = '2050-09-05T08:00:00Z';
const span = { start: '2050-09-06T09:00:00Z', end: '2050-09-06T09:30:00Z' };
const scheduleOf = (bookingUid: string): ReadonlyArray<DomainEvent> => [
  {
    type: 'SlotHeld',
    occurredAt,
    data: { bookingUid, icsUid: 'booking@example.com', eventTypeId: 1, ...span, claim: span },
  },
  { type: 'SlotConfirmed', occurredAt, data: { bookingUid } },
];
const historyOf = (hostId: string): ReadonlyArray<BookingEvent> =>
  phantomHistory.map((event) =>
    event.type === 'BookingRequested' ? { ...event, data: { ...event.data, hostId } } : event,
  );
/** By host: who has booked. */
const GUESTS: Readonly<Record<string, string>> = { odd: 'runa', eva: 'ivar' };

/** Stream by stream; with the two hosts: positions 1-2, 3-12, 13-14, 15-24. */
const streamsOf = (hosts: ReadonlyArray<string>): ReadonlyArray<readonly [string, ReadonlyArray<DomainEvent>]> =>
  hosts.flatMap((host) => {
    const uid = GUESTS[host] ?? `guest-of-${host}`;
    return [[`schedule-${host}`, scheduleOf(uid)] as const, [`booking-${uid}`, historyOf(host)] as const];
  });

export const hashes = { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null, isGapless: true };

/** Hosts with an accepted booking each, in a data file, and what somebody with an editor would do to it. */
export const openTamperableLog = async (hosts: ReadonlyArray<string> = ['odd', 'eva']) => {
  const streams = streamsOf(hosts);
  const { file, remove } = await temporaryDataFile();
  const store = must(makeSqliteEventStore(file));
  for (const [stream, events] of streams)
    await mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, events) }));

  const tryAudit = () => verifyEvents(store, hashes, () => undefined);
  const audit = async (range?: { readonly from: number; readonly to: number }): Promise<AuditReport> =>
    must(await verifyEvents(store, hashes, () => undefined, range));
  const found = async (): Promise<ReadonlyArray<readonly [what: string, reason: string]>> =>
    (await audit()).findings.map(({ kind, stream, revision, reason }) => [`${kind} ${stream} ${revision}`, reason]);
  /** As written: stream by stream, in the order above. */
  const streamAt = (position: number): string =>
    streams.flatMap(([stream, events]) => events.map(() => stream))[position - 1] ?? '';
  const rows = (): ReadonlyArray<{ readonly position: number; readonly stream: string; readonly body: Envelope }> =>
    file.db
      .prepare('SELECT position, body FROM events ORDER BY position')
      .all()
      .map(({ position, body }) => ({
        position: Number(position),
        stream: streamAt(Number(position)),
        body: JSON.parse(String(body)),
      }));
  /** Changes the file behind the store's back, as somebody with an editor would. */
  const write = (position: number, body: unknown): void => {
    file.db.prepare('UPDATE events SET body = ? WHERE position = ?').run(JSON.stringify(body), position);
  };
  const tamper = (position: number, change: (event: Envelope) => unknown): void => {
    const row = rows().find((each) => each.position === position);
    if (row !== undefined) write(position, change(row.body));
  };
  /** As somebody would who knows how the chains are made. */
  const forge = (stream: string, change: (events: ReadonlyArray<Envelope>) => ReadonlyArray<Envelope>): void => {
    const own = rows().filter((row) => row.stream === stream);
    const forged = seal(sha256Hex)(GENESIS_HASH, change(own.map(({ body }) => body)));
    own.forEach(({ position }, index) => {
      const event = forged[index];
      if (event === undefined) file.db.prepare('DELETE FROM events WHERE position = ?').run(position);
      else write(position, event);
    });
  };

  return { file, store, remove, audit, tryAudit, found, streamAt, rows, write, tamper, forge };
};
