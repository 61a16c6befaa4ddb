import { expect, test } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { parseMoment, readAudited } from '../../../src/application/audit/read-for-audit.ts';
import { reasonsOf } from '../../../src/projections/audit/decided-by.ts';
import {
  accepted,
  instant,
  moved,
  moveStarted,
  requested,
  rescheduled,
  rescheduleRequested,
  slotForMoveHeld,
  slotHeld,
  started,
  succeeded,
} from '../../../src/testing/index.ts';
import { sealed } from '../../support/booking-history.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';
import { must, mustRun } from '../../support/must.ts';

const UID = 'booking1';
const decidedBy = { rules: 'digest', calendars: [], busy: [] };
const withFacts = <Event extends { readonly data: object }>(event: Event): Event => ({
  ...event,
  data: { ...event.data, decidedBy },
});
const to = (time: string, id: string) => ({ to: time, id });
const move = (time: string, id: string) => [
  rescheduleRequested(to(time, id)),
  moveStarted('work', to(time, id)),
  moved('work', to(time, id)),
  rescheduled(to(time, id)),
];

test('given a revision before later moves, then only what the decision went by is told of', async () => {
  const store = makeMemoryEventStore();
  const append = (stream: string, events: Parameters<typeof sealed>[1]) =>
    mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, events) }));
  await append('schedule-odd', [
    withFacts(slotHeld(UID, '14:00', '14:30')),
    withFacts(slotForMoveHeld(UID, '15:00', '15:30', { id: 'one' })),
    withFacts(slotForMoveHeld(UID, '16:00', '16:30', { id: 'two' })),
  ]);
  const first = [requested(), started('work'), succeeded('work'), accepted()];
  await append(`booking-${UID}`, [...first, ...move('15:00', 'one'), ...move('16:00', 'two')]);
  const startsAt = async (revision: string) => {
    const events = must(await readAudited(store, UID));
    const names = { ofActor: () => null };
    const own = memoryOwnStreams();
    const reasons = must(await reasonsOf({ log: store, own }, UID, events, must(parseMoment(revision)), names));
    return reasons?.heldBy.map(({ start }) => start);
  };
  expect(await startsAt('3')).toEqual([instant('14:00')]);
  expect(await startsAt('7')).toEqual([instant('14:00'), instant('15:00')]);
  expect(await startsAt('11')).toEqual([instant('14:00'), instant('15:00'), instant('16:00')]);
});
