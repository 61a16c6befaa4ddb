import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { ScheduleEvent } from '../../domain/schedule/schedule-state.ts';
import { type Interval, intervalOf, toEpochMs } from '../../domain/time/time.ts';

/** Where an event stands. */
export type EventPlace = { readonly stream: string; readonly revision: number; readonly position: number };

/** A time that is held in a schedule. `at`: since when, epoch milliseconds. `moves`: what is held for moves of the same booking. */
export type HeldTime = EventPlace & {
  readonly uid: string;
  readonly at: number;
  readonly claim: Interval;
  readonly moves: ReadonlyArray<Interval>;
};

/** What a schedule holds, by its events alone: the fold of a schedule forgets what is long over. */
export const makeHeldTimes = () => {
  const held = new Map<string, HeldTime>();
  const moves = new Map<string, ReadonlyMap<string, Interval>>();
  const settled = (uid: string, rescheduleId: string): Interval | undefined => {
    const left = new Map(moves.get(uid));
    const span = left.get(rescheduleId);
    left.delete(rescheduleId);
    if (left.size > 0) moves.set(uid, left);
    else moves.delete(uid);
    return span;
  };
  return {
    note: ({ type, data, occurredAt }: ScheduleEvent, { stream, revision, position }: RecordedEvent): void => {
      const uid = data.bookingUid;
      const hold = (claim: Interval): void => {
        held.set(uid, { uid, stream, revision, position, at: toEpochMs(occurredAt), claim, moves: [] });
      };
      switch (type) {
        case 'SlotHeld':
          return hold(intervalOf(data.claim));
        case 'SlotReleased':
          moves.delete(uid);
          return void held.delete(uid);
        case 'NewSlotHeld':
          return void moves.set(uid, new Map(moves.get(uid)).set(data.rescheduleId, intervalOf(data.claim)));
        case 'NewSlotReleased':
          return void settled(uid, data.rescheduleId);
        case 'SlotMoved': {
          const claim = settled(uid, data.rescheduleId);
          return claim === undefined ? undefined : hold(claim);
        }
        case 'SlotConfirmed':
          return undefined;
      }
    },
    all: (): ReadonlyArray<HeldTime> =>
      [...held.values()].map((one) => ({ ...one, moves: [...(moves.get(one.uid)?.values() ?? [])] })),
  };
};
