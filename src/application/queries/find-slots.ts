import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { offerSlots } from '../../domain/availability/decide-slot.ts';
import { claimsReach } from '../../domain/availability/occupancy.ts';
import { type Slot, type SlotRules, MINUTE_IN_MS } from '../../domain/availability/slot.ts';
import { decidingTime, heldWithin } from '../../domain/schedule/schedule-state.ts';
import type { Interval } from '../../domain/time/time.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { type Calendars, type CalendarUnreadable, readHostBusy } from '../calendars/host-calendars.ts';

export type FindSlotsDeps = {
  readonly buses: Pick<BookingBuses, 'schedules'>;
  readonly calendars: Calendars;
  readonly clock: Pick<Clock, 'now'>;
};

/** `window`: starts in it, epoch ms, half-open. `except`: uid of a booking that is to be moved. */
export type SlotQuery = {
  readonly rules: SlotRules;
  readonly window: Interval;
  readonly lengthInMinutes: number;
  readonly except?: string;
};

/**
 * The slots that can be booked, by the very decision that books them (I11), against the host's claims and calendars as
 * they are now. A calendar that cannot be read is an error, not an empty or a free day.
 */
export const findSlots =
  (deps: FindSlotsDeps) =>
  (
    { rules, window, lengthInMinutes, except }: SlotQuery,
    signal: AbortSignal,
  ): TaskEither<StoreError | CalendarUnreadable, ReadonlyArray<Slot>> =>
  async () => {
    const loaded = await deps.buses.schedules.load(rules.host.id)();
    if (E.isLeft(loaded)) return loaded;
    const { beforeBuffer, afterBuffer } = rules.eventType;
    const reach = {
      start: window.start - beforeBuffer * MINUTE_IN_MS,
      end: window.end + (lengthInMinutes + afterBuffer) * MINUTE_IN_MS,
    };
    const busy = await readHostBusy(deps.calendars)(rules.host, loaded.right.state, reach, signal)();
    return pipe(
      busy,
      E.map((intervals) => {
        const claims = heldWithin(loaded.right.state, claimsReach(rules, window, lengthInMinutes));
        const facts = { now: decidingTime(loaded.right.state, deps.clock.now()), claims, busy: intervals };
        return offerSlots(rules, facts, window, lengthInMinutes, except);
      }),
    );
  };
