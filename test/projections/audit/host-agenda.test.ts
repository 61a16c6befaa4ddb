import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { NOW } from '../../../src/application/audit/read-for-audit.ts';
import { toEpochMs } from '../../../src/domain/time/time.ts';
import { agendaOf } from '../../../src/projections/audit/host-agenda.ts';
import {
  accepted,
  requested,
  rescheduled,
  rescheduleDeclined,
  rescheduleRequested,
  slotForMoveHeld,
  slotForMoveReleased,
  slotHeld,
  slotMoved,
  started,
  succeeded,
} from '../../../src/testing/index.ts';
import { auditedLog, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { sealed } from '../../support/booking-history.ts';
import { must, mustRun } from '../../support/must.ts';

const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER };
const at = (instant: string) => ({ type: 'instant', ms: toEpochMs(instant) }) as const;
const opened = async () => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store);
  return store;
};

describe("a host's agenda", () => {
  it('given a moment, then what was known then, and not what came later', async () => {
    const store = await opened();
    const known = async (instant: string) =>
      must(await agendaOf(store, 'odd', at(instant), ALWAYS)).items.map(
        ({ uid, booking }) => `${uid} ${booking?.phase} ${booking?.calendars[0]?.status}`,
      );
    expect(await known('2050-09-05T08:00:05Z')).toEqual([`${RUNA} pending failed`]);
    expect(await known('2050-09-05T08:15:00Z')).toEqual([`${RUNA} accepted held`, `${IVAR} accepted held`]);
    expect(await known('2050-09-05T09:00:00Z')).toEqual([`${RUNA} accepted held`]);
    expect(await known('2050-09-05T07:00:00Z')).toEqual([]);
  });

  it('given a window, then what reaches into it alone', async () => {
    const store = await opened();
    const moment = at('2050-09-05T08:15:00Z');
    const within = async (from: string, to: string) =>
      must(await agendaOf(store, 'odd', moment, { from: toEpochMs(from), to: toEpochMs(to) })).items.length;
    expect(await within('2050-09-06T09:29:59Z', '2050-09-07T12:00:00Z')).toBe(1);
    expect(await within('2050-09-06T09:30:00Z', '2050-09-07T12:00:01Z')).toBe(1);
    expect(await within('2050-09-06T09:30:00Z', '2050-09-07T12:00:00Z')).toBe(0);
  });

  it('given a move, then both times are held until it has moved or not', async () => {
    const store = await opened();
    const held = slotForMoveHeld(RUNA, '15:00', '15:30');
    const append = async (stream: string, ...events: Parameters<typeof sealed>[1]) =>
      mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, events) }));
    const others = { hold: 'schedule-a', moved: 'schedule-b', released: 'schedule-c' };
    await append(others.hold, held);
    await append(others.moved, held, slotMoved(RUNA));
    await append(others.released, held, slotForMoveReleased(RUNA));
    const items = async (stream: string) =>
      must(await agendaOf(store, stream.slice('schedule-'.length), NOW, ALWAYS)).items.map(({ forMove }) => forMove);
    expect(await Promise.all(Object.values(others).map(items))).toEqual([[true], [false], []]);
  });

  it('given a move that the schedule has not heard of, then each time says what it is held for', async () => {
    const uid = 'booking1';
    const schedule = [slotHeld(uid, '14:00', '14:30'), slotForMoveHeld(uid, '15:00', '15:30')];
    const uses = async (...events: Parameters<typeof sealed>[1]) => {
      const store = makeMemoryEventStore();
      const append = (stream: string, told: Parameters<typeof sealed>[1]) =>
        mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, told) }));
      await append('schedule-odd', schedule);
      await append(`booking-${uid}`, [requested(), started('work'), succeeded('work'), accepted(), ...events]);
      return must(await agendaOf(store, 'odd', NOW, ALWAYS)).items.map(({ use }) => use);
    };
    expect(await uses()).toEqual(['meeting', 'left']);
    expect(await uses(rescheduleRequested())).toEqual(['meeting', 'move']);
    expect(await uses(rescheduleRequested({ requiresApproval: true }), rescheduleDeclined())).toEqual([
      'meeting',
      'left',
    ]);
    expect(await uses(rescheduleRequested(), rescheduled())).toEqual(['left', 'meeting']);
  });

  it('given a host that the log does not know, then that is said; of one with rules alone no time was held', async () => {
    expect(await agendaOf(await opened(), 'eva', NOW, ALWAYS)).toEqual(E.left({ type: 'UnknownHost' }));
    const store = makeMemoryEventStore();
    await writeAuditedLog(
      store,
      auditedLog(true).filter(({ stream }) => stream === 'rules-odd'),
    );
    expect(await agendaOf(store, 'odd', NOW, ALWAYS)).toMatchObject(E.right({ items: [] }));
  });
});
