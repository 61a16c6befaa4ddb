import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  type HeldClaim,
  type Slot,
  type SlotFacts,
  type SlotRefusal,
  slotAt,
} from '../../../src/domain/availability/slot.ts';
import { type EventType, eventType as eventTypeCodec } from '../../../src/domain/bookable/event-type.ts';
import type { Host } from '../../../src/domain/bookable/host.ts';
import { must } from '../../support/must.ts';
import type { Interval } from '../../../src/domain/time/time.ts';

const OSLO = 'Europe/Oslo';

const plain = must(eventTypeCodec.decode({ id: 1, slug: 'intro', title: 'Intro', lengthInMinutes: 30 }));

export const eventType = (changes: Partial<EventType> = {}): EventType => ({
  ...plain,
  minimumNotice: 0,
  ...changes,
});

/** Odd works Monday to Friday, 09:00 to 17:00 in Oslo. */
export const host = (changes: Partial<Host> = {}): Host => ({
  id: 'odd',
  number: 1,
  username: 'odd',
  name: 'Odd',
  email: 'odd@example.com',
  timeZone: OSLO,
  weeklyHours: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
  dateOverrides: [],
  calendarIds: [],
  acceptance: 'any-of',
  eventTypes: [],
  ...changes,
});

/** Every day of the week, in the ranges given as `HH:MM-HH:MM`. */
export const daily = (...ranges: ReadonlyArray<string>): Host['weeklyHours'] =>
  ranges.map((range) => {
    const [from = '', to = ''] = range.split('-');
    return { days: [1, 2, 3, 4, 5, 6, 7], from, to };
  });

/** Epoch ms of a local date-time with its offset, or of a UTC instant. */
export const at = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;

export const span = (start: string, end: string): Interval => ({ start: at(start), end: at(end) });

/** Wall-clock reading with offset: `2050-09-05T09:00+02:00`. */
const local = (instant: number, timeZone = OSLO): string =>
  Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', smallestUnit: 'minute' });

export const starts = (slots: ReadonlyArray<Slot>, timeZone = OSLO): ReadonlyArray<string> =>
  slots.map((slot) => local(slot.start, timeZone));

export const facts = (changes: Partial<SlotFacts> = {}): SlotFacts => ({
  now: at('2050-08-01T00:00Z'),
  claims: [],
  busy: [],
  ...changes,
});

export const held = (type: EventType, start: string, bookingUid = `held-${start}`): HeldClaim => {
  const slot = slotAt(type, at(start), type.lengthInMinutes);
  return { claim: slot.claim, start: slot.start, eventTypeId: type.id, bookingUid };
};

export const outcome = (decision: E.Either<SlotRefusal, Slot>): string =>
  pipe(
    decision,
    E.match(
      (refusal) => refusal.code,
      () => 'free',
    ),
  );
