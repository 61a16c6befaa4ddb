import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { ScheduleEvent } from '../../domain/schedule/schedule-state.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { isTaken, type TakenTime, takenSince, takenUntil, type WrittenAt } from './taken-time.ts';

/** Where an event stands. */
export type EventPlace = { readonly stream: string; readonly revision: number; readonly position: number };

/**
 * What a schedule has held for a booking, and the last event by which it took a time for it. `own`: place of the time that it
 * holds at the end; -1: none. Other times that it holds then are those of moves. `isOfRequest`: something was done with it that
 * is done only once the booking was asked for. `meetings`: of what (`meetingOf`) times were held, one for each booking.
 */
export type HeldTimes = EventPlace & {
  readonly uid: string;
  readonly own: number;
  readonly times: ReadonlyArray<TakenTime>;
  readonly isOfRequest: boolean;
  readonly meetings: ReadonlyArray<string>;
};

/** What a time is held for: the event type, and the UID of its events in calendars. */
export const meetingOf = ({ eventTypeId, icsUid }: { readonly eventTypeId: number; readonly icsUid: string }): string =>
  `${eventTypeId} ${icsUid}`;

type Holding = {
  revision: number;
  position: number;
  own: number;
  isOfRequest: boolean;
  readonly meetings: string[];
  readonly times: TakenTime[];
};

/** What a schedule has held, by its events alone: the fold of a schedule forgets what is long over. */
export const makeHeldTimes = (stream: string) => {
  const byUid = new Map<string, Holding>();
  /** By booking and move: place of the time that is held for it. */
  const moves = new Map<string, number>();
  const moveOf = (data: { readonly bookingUid: string; readonly rescheduleId: string }): string =>
    `${data.bookingUid} ${data.rescheduleId}`;

  const end = ({ times }: Holding, place: number | undefined, when: WrittenAt): void => {
    const time = place === undefined ? undefined : times[place];
    if (place !== undefined && time !== undefined && isTaken(time)) times[place] = takenUntil(time, when);
  };
  const endAll = (holding: Holding, when: WrittenAt): void => {
    holding.times.forEach((_, place) => end(holding, place, when));
    holding.own = -1;
  };
  const take = (holding: Holding, { revision, position }: RecordedEvent, time: TakenTime): number => {
    holding.revision = revision;
    holding.position = position;
    return holding.times.push(time) - 1;
  };

  return {
    note: ({ type, data, occurredAt }: ScheduleEvent, recorded: RecordedEvent): void => {
      const uid = data.bookingUid;
      const when = { position: recorded.position, at: toEpochMs(occurredAt) };
      const holding = byUid.getOrInsertComputed(uid, () => ({
        revision: recorded.revision,
        position: recorded.position,
        own: -1,
        isOfRequest: false,
        meetings: [],
        times: [],
      }));
      // A time is held before its booking is asked for, and given up where that never came to be.
      if (type !== 'SlotHeld' && !(type === 'SlotReleased' && data.reason === 'never_requested'))
        holding.isOfRequest = true;
      const meeting = 'icsUid' in data ? meetingOf(data) : null;
      if (meeting !== null && !holding.meetings.includes(meeting)) holding.meetings.push(meeting);
      switch (type) {
        case 'SlotConfirmed':
          return;
        case 'SlotHeld': {
          end(holding, holding.own, when);
          // What an operator has held again, since it had been lost (`doctor --fix`), counts as held all the time.
          const isMended = recorded.actor.kind === 'operator';
          holding.own = take(holding, recorded, takenSince(data, isMended ? { ...when, position: 0 } : when));
          return;
        }
        case 'SlotReleased':
          return endAll(holding, when);
        case 'NewSlotHeld':
          end(holding, moves.get(moveOf(data)), when);
          return void moves.set(moveOf(data), take(holding, recorded, takenSince(data, when)));
        case 'NewSlotReleased':
          end(holding, moves.get(moveOf(data)), when);
          return void moves.delete(moveOf(data));
        case 'SlotMoved': {
          const place = moves.get(moveOf(data));
          if (place === undefined) return;
          end(holding, holding.own, when);
          moves.delete(moveOf(data));
          [holding.own, holding.revision, holding.position] = [place, recorded.revision, recorded.position];
          return;
        }
      }
    },
    all: (): ReadonlyArray<HeldTimes> => [...byUid].map(([uid, holding]) => ({ uid, stream, ...holding })),
  };
};
