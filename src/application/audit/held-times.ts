import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { ScheduleEvent } from '../../domain/schedule/schedule-state.ts';

/** Where an event stands. */
export type EventPlace = { readonly stream: string; readonly revision: number; readonly position: number };
/** UTC instants, as events spell them. */
export type HeldSpan = { readonly start: string; readonly end: string };

/** A time that is held in a schedule. `moves`: what is held for moves of the same booking. */
export type HeldTime = EventPlace & {
  readonly uid: string;
  readonly at: string;
  readonly claim: HeldSpan;
  readonly moves: ReadonlyArray<HeldSpan>;
};

/** What a schedule holds, by its events alone: the fold of a schedule forgets what is long over. */
export const makeHeldTimes = () => {
  const held = new Map<string, HeldTime>();
  const moves = new Map<string, ReadonlyMap<string, HeldSpan>>();
  const settled = (uid: string, rescheduleId: string): HeldSpan | undefined => {
    const left = new Map(moves.get(uid));
    const span = left.get(rescheduleId);
    left.delete(rescheduleId);
    if (left.size > 0) moves.set(uid, left);
    else moves.delete(uid);
    return span;
  };
  return {
    note: ({ type, data }: ScheduleEvent, { stream, revision, position, occurredAt: at }: RecordedEvent): void => {
      const uid = data.bookingUid;
      switch (type) {
        case 'SlotHeld':
          return void held.set(uid, { uid, stream, revision, position, at, claim: data.claim, moves: [] });
        case 'SlotReleased':
          moves.delete(uid);
          return void held.delete(uid);
        case 'NewSlotHeld':
          return void moves.set(uid, new Map(moves.get(uid)).set(data.rescheduleId, data.claim));
        case 'NewSlotReleased':
          return void settled(uid, data.rescheduleId);
        case 'SlotMoved': {
          const claim = settled(uid, data.rescheduleId);
          if (claim !== undefined) held.set(uid, { uid, stream, revision, position, at, claim, moves: [] });
          return undefined;
        }
        case 'SlotConfirmed':
          return undefined;
      }
    },
    all: (): ReadonlyArray<HeldTime> =>
      [...held.values()].map((one) => ({ ...one, moves: [...(moves.get(one.uid)?.values() ?? [])] })),
  };
};
