import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../../src/adapters/identity/head-key.ts';
import {
  auditedEvent,
  findUid,
  parseMoment,
  reaching,
  readAudited,
  upTo,
} from '../../../src/application/audit/read-for-audit.ts';
import { verifyEvents } from '../../../src/application/audit/verify-log.ts';
import { erasePersonal } from '../../../src/domain/log/hash-chain.ts';
import { IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { must, mustRun } from '../../support/must.ts';

const opened = async () => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store);
  return store;
};

describe('reading a log for an audit', () => {
  it('given the log of these tests, then nothing is wrong with it', async () => {
    const report = must(
      await verifyEvents(
        await opened(),
        { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null },
        () => undefined,
      ),
    );
    expect(report).toMatchObject({ events: 22, findings: [] });
  });

  it('given a whole uid or a beginning that one booking has, then it is found', async () => {
    const store = await opened();
    for (const prefix of [RUNA, RUNA.slice(0, 8), RUNA.slice(0, 7)]) {
      expect(await findUid(store, prefix)).toEqual(E.right(RUNA));
    }
  });

  it('given a beginning that several bookings have, then they are named', async () => {
    expect(await findUid(await opened(), '01j8zq')).toEqual(
      E.left({ type: 'AmbiguousUid', candidates: [RUNA, IVAR], count: 2 }),
    );
  });

  it('given a uid that no booking has, or nothing at all, then none is found', async () => {
    const store = await opened();
    for (const prefix of ['', '02', `${RUNA.slice(0, -1)}z`, `${RUNA}z`])
      expect(await findUid(store, prefix)).toEqual(E.left({ type: 'UnknownBooking' }));
  });

  it('given a moment, then what had happened by then counts, also where the clock was set back', async () => {
    const at = (text: string) => must(parseMoment(text));
    const event = (revision: number, occurredAt: string) => ({ revision, occurredAt });
    const ahead = [
      event(0, '2050-01-01T08:00:00Z'),
      event(1, '2050-01-01T10:00:00Z'),
      event(2, '2050-01-01T08:00:02Z'),
      event(3, '2050-01-01T09:00:00Z'),
    ];
    const counted = (moment: string) => upTo(ahead, at(moment)).length;
    expect(['0', '2', '99'].map(counted)).toEqual([1, 3, 4]);
    expect(['2050-01-01T07:59:59Z', '2050-01-01T08:00:00Z', '2050-01-01T09:30:02+01:00'].map(counted)).toEqual([
      0, 1, 3,
    ]);
    for (const wrong of ['yesterday', '-1', '2050-01-01', '2050-01-01T08:00:00']) {
      expect(parseMoment(wrong)).toEqual(E.left(expect.stringContaining('an instant such as')));
    }
  });

  it('given a revision, then the stream has to have it', async () => {
    const events = must(await readAudited(await opened(), IVAR));
    const asked = (revision: number) => reaching(events, { type: 'revision', revision });
    expect(asked(events.length - 1)).toEqual(E.right(events));
    expect(asked(events.length)).toEqual(E.left({ type: 'UnknownRevision', last: events.length - 1 }));
    expect(reaching(events, { type: 'instant', ms: Number.MAX_SAFE_INTEGER })).toEqual(E.right(events));
  });

  it('given an event that was erased or is not understood, then it is read as such', async () => {
    const [requested] = await mustRun((await opened()).readStream(`booking-${RUNA}`));
    if (requested === undefined) throw new Error('no request');
    const erased = auditedEvent({ ...requested, data: erasePersonal(sha256Hex)(requested.data) });
    expect(erased).toMatchObject({
      erased: true,
      unreadable: null,
      event: { data: { personal: { attendee: { name: '(erased)' } } } },
    });
    expect(auditedEvent({ ...requested, type: 'BookingForgotten' })).toMatchObject({
      event: null,
      erased: false,
      unreadable: expect.stringContaining('no event is called'),
    });
  });
});
