import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { decideSchedule } from '../../../src/domain/schedule/decide.ts';
import { emptySchedule } from '../../../src/domain/schedule/schedule-state.ts';
import { foldSchedule } from '../../../src/domain/schedule/fold-schedule.ts';
import { epochMs, slotHeld, slotReleased } from '../../../src/testing/index.ts';

const slot = (start: string, end: string, claim = [start, end]) => ({
  start: epochMs(start),
  end: epochMs(end),
  claim: { start: epochMs(claim[0] ?? start), end: epochMs(claim[1] ?? end) },
});
const claiming = (wanted: ReturnType<typeof slot>, bookingUid = 'b2') =>
  ({
    type: 'ClaimSlot',
    now: epochMs('10:00'),
    bookingUid,
    icsUid: `${bookingUid}@x`,
    eventTypeId: 1,
    slot: wanted,
  }) as const;
const held = foldSchedule(emptySchedule, [slotHeld('b1', '14:00', '14:30')]);

it('given another booking in the time, buffers included, when it is claimed, then it is refused', () => {
  for (const wanted of [slot('14:00', '14:30'), slot('14:29', '15:00'), slot('14:30', '15:00', ['14:20', '15:00'])])
    expect(decideSchedule(held, claiming(wanted))).toEqual(E.left({ code: 'slot_unavailable', cause: 'booking' }));
});

it('given a free time, also one that only touches or was released, when it is claimed, then it is held', () => {
  const events = decideSchedule(held, claiming(slot('14:30', '15:00')));
  expect(events).toMatchObject(E.right([{ type: 'SlotHeld', data: { bookingUid: 'b2', icsUid: 'b2@x' } }]));
  const released = foldSchedule(held, [slotReleased('b1', 'cancelled')]);
  expect(decideSchedule(released, claiming(slot('14:00', '14:30')))).toMatchObject(E.right([{ type: 'SlotHeld' }]));
});

it('given that it holds it already, when it is claimed again, then nothing happens', () => {
  expect(decideSchedule(held, claiming(slot('14:00', '14:30'), 'b1'))).toEqual(E.right([]));
});
