import type { BookingEvent, BookingEventOf } from '../domain/booking/events.ts';

/** Events whose order among themselves is the meaning, so that they are not swapped with each other. */
export type InOrder = { readonly type: 'InOrder'; readonly events: ReadonlyArray<BookingEvent> };
export type Step = BookingEvent | InOrder;

/** Marks events that mean something else in another order, such as a cancellation before a rejection. */
export const inOrder = (...events: ReadonlyArray<BookingEvent>): InOrder => ({ type: 'InOrder', events });

/** One way in which a sequence may reach us. The saga is driven to rest after each of its parts. */
export type Variant = { readonly name: string; readonly parts: ReadonlyArray<ReadonlyArray<BookingEvent>> };

type Placed = { readonly event: BookingEvent; readonly group: number | null };

const place = (step: Step, index: number): ReadonlyArray<Placed> =>
  step.type === 'InOrder' ? step.events.map((event) => ({ event, group: index })) : [{ event: step, group: null }];

/** An event in a line: which calendar and attempt, where there is one. */
export const nameOf = ({ type, data }: BookingEvent): string =>
  'attempt' in data
    ? `${type} ${data.calendarId} #${data.attempt}`
    : 'calendarId' in data
      ? `${type} ${data.calendarId}`
      : type;

/** Every interruption: the process dies after `length` events, comes to rest after its restart, and goes on. */
const prefixes = (events: ReadonlyArray<BookingEvent>): ReadonlyArray<Variant> =>
  events.slice(1).map((_, index) => ({
    name: `restarted after ${index + 1} of ${events.length} events`,
    parts: [events.slice(0, index + 1), events.slice(index + 1)],
  }));

/** Every event once more, at each later place: right behind itself, up to the very end. */
const duplicates = (events: ReadonlyArray<BookingEvent>): ReadonlyArray<Variant> =>
  events.flatMap((event, index) =>
    events.slice(index).map((_, distance) => ({
      name: `${nameOf(event)} (${index + 1}) again as event ${index + distance + 2}`,
      parts: [events.toSpliced(index + distance + 1, 0, event)],
    })),
  );

/** Every two neighbours the other way round; not the request, with which a stream begins, and not within `inOrder`. */
const swaps = (all: ReadonlyArray<Placed>): ReadonlyArray<Variant> => {
  const events = all.map(({ event }) => event);
  return all.slice(2).flatMap((right, index) => {
    const left = all[index + 1];
    if (left === undefined || (left.group !== null && left.group === right.group)) return [];
    const name = `${nameOf(left.event)} (${index + 2}) and ${nameOf(right.event)} (${index + 3}) swapped`;
    return [{ name, parts: [events.toSpliced(index + 1, 2, right.event, left.event)] }];
  });
};

export const placed = (first: BookingEventOf<'BookingRequested'>, steps: ReadonlyArray<Step>): ReadonlyArray<Placed> =>
  [first, ...steps].flatMap(place);

/** The sequence as it stands, and all that a log, a crash or a messenger can make of it. */
export const variantsOf = (
  first: BookingEventOf<'BookingRequested'>,
  steps: ReadonlyArray<Step>,
): ReadonlyArray<Variant> => {
  const all = placed(first, steps);
  const events = all.map(({ event }) => event);
  return [{ name: 'as it stands', parts: [events] }, ...prefixes(events), ...duplicates(events), ...swaps(all)];
};
