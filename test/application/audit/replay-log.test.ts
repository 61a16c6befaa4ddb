import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { type AuditLog, findUid } from '../../../src/application/audit/read-for-audit.ts';
import { replayLog, type ReplayScope } from '../../../src/application/audit/replay-log.ts';
import type { StoreError } from '../../../src/application/ports/event-store.ts';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { odd } from '../../support/hosts.ts';
import { must } from '../../support/must.ts';

const EVERYTHING: ReplayScope = { stream: null, hostId: null, from: 0, to: Number.MAX_SAFE_INTEGER };
const RUNAS_ACCEPTANCE = 10;

/** The log of these tests; what stands at a position is no event any more. `asked`: the streams that were read. */
const givenLog = async ({ corrupt = 0 } = {}): Promise<AuditLog & { readonly asked: ReadonlyArray<string> }> => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store);
  const asked: string[] = [];
  type Read = E.Either<StoreError, ReadonlyArray<RecordedEvent>>;
  const damaged = (read: Read): Read =>
    E.isRight(read) && read.right.some(({ position }) => position === corrupt)
      ? E.left({ type: 'Corrupt', reason: 'it is not JSON', position: corrupt })
      : read;
  return {
    asked,
    head: store.head,
    readAll: (after, limit) => async () => damaged(await store.readAll(after, limit)()),
    readStream: (stream) => async () => {
      asked.push(stream);
      return damaged(await store.readStream(stream)());
    },
  };
};

const replayed = (log: AuditLog, scope: Partial<ReplayScope> = {}) =>
  replayLog(log, [odd], { ...EVERYTHING, ...scope }, () => undefined);

describe('deciding again what a log records', () => {
  it('given one stream or one host, then only what is asked for is read and counted', async () => {
    const log = await givenLog();
    expect(must(await replayed(log, { stream: `booking-${IVAR}` }))).toMatchObject({ streams: 1, decisions: 1 });
    expect(log.asked).toEqual([`booking-${IVAR}`]);
    expect(must(await replayed(log, { hostId: 'odd' })).streams).toBe(3);
  });

  it('given a stream or a host that the log does not have, then that is an error, not a good result', async () => {
    const log = await givenLog();
    expect(await replayed(log, { stream: 'booking-nobody' })).toEqual(E.left({ type: 'UnknownStream' }));
    expect(await replayed(log, { hostId: 'nobody' })).toEqual(E.left({ type: 'UnknownHost' }));
  });

  it('given a row that is no event, then its stream is counted as left out, and all others are judged', async () => {
    const whole = must(await replayed(await givenLog()));
    const damaged = must(await replayed(await givenLog({ corrupt: RUNAS_ACCEPTANCE })));
    expect(damaged).toMatchObject({ streams: whole.streams, unreadable: 1 });
    expect(damaged.slots).toBe(whole.slots);
  });

  it('given a row that is no event, then bookings are found by the beginnings of their uids', async () => {
    const log = await givenLog({ corrupt: RUNAS_ACCEPTANCE });
    expect(await findUid(log, IVAR.slice(0, 9))).toEqual(E.right(IVAR));
    expect(await findUid(log, RUNA.slice(0, 9))).toEqual(E.right(RUNA));
  });
});
