import { fromNullable, none } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type {
  Calendar,
  CalendarEvent,
  CalendarWatch,
  OwnEvent,
  StoredCalendarEvent,
  UnreadableObject,
} from '../../src/application/ports/calendar.ts';
import type { CalendarFailure, FailureKind } from '../../src/domain/calendar/calendar-failure.ts';
import type { Seen } from '../../src/domain/booking/watch-commands.ts';
import { type Interval, intervalOf, overlaps } from '../../src/domain/time/time.ts';

export type Operation = 'create' | 'find' | 'change' | 'remove' | 'busy';

/**
 * `accept-without-id`: done, with an empty provider event id. `lose-answer`: done, and the answer never comes.
 * `stall`: nothing is done until `release`, an abort or the time limit; `stall-and-refuse` refuses then.
 */
export type Outcome =
  | { readonly type: 'accept' | 'accept-without-id' | 'lose-answer' | 'stall' }
  | { readonly type: 'refuse' | 'stall-and-refuse'; readonly kind: FailureKind; readonly retryAfterMs?: number };

/** Outcomes in the order of the calls; after the last one every call is accepted. */
export type Plan = Partial<Readonly<Record<Operation, ReadonlyArray<Outcome>>>>;

export type ScriptedCalendar = {
  readonly calendar: Calendar;
  /** Every call so far, refused ones too. `bookingUid` is null for `busy`. */
  readonly calls: ReadonlyArray<{ readonly operation: Operation; readonly bookingUid: string | null }>;
  /** How many calls of one kind there were. */
  readonly asked: (operation: Operation) => number;
  /** What the calendar holds now. */
  readonly events: () => ReadonlyArray<CalendarEvent>;
  /** Puts outcomes at the end of an operation's queue. */
  readonly plan: (operation: Operation, ...outcomes: ReadonlyArray<Outcome>) => void;
  /** From here on whenever the queue is empty; `accept` undoes it. */
  readonly always: (operation: Operation, outcome: Outcome) => void;
  /** Lets every stalled call go on. */
  readonly release: () => void;
  readonly addForeign: (busy: Interval) => void;
  /** What of it cannot be read from now on; replaces what was said before. */
  readonly cannotRead: (...objects: ReadonlyArray<UnreadableObject>) => void;
  /** Takes our event away, as a host does by hand in the calendar; moves it, or gives it another title. */
  readonly removeByHand: (icsUid: string) => void;
  readonly editByHand: (icsUid: string, change: Partial<Pick<CalendarEvent, 'start' | 'end' | 'summary'>>) => void;
};

const failure = (kind: FailureKind): TE.TaskEither<CalendarFailure, never> =>
  TE.left({ kind, message: `scripted: ${kind}` });

const unanswered = (operation: Operation): FailureKind =>
  operation === 'find' || operation === 'busy' ? 'network' : 'outcome-unknown';

/** A stand-in for a calendar, in memory: it refuses, stalls and loses answers as its plan says. Not a real provider. */
export const scriptedCalendar = (options: {
  readonly calendarId: string;
  readonly plan?: Plan;
  readonly provider?: Calendar['provider'];
  /** What people do to its events can be seen: it tells no changes, so that each of them is asked for. */
  readonly isWatched?: true;
  /** Ends stalled calls; without it only `release` and the signal do. */
  readonly timeLimitMs?: number;
}): ScriptedCalendar => {
  const held = new Map<string, CalendarEvent>();
  const foreign: Interval[] = [];
  let unreadable: ReadonlyArray<UnreadableObject> = [];
  const calls: { operation: Operation; bookingUid: string | null }[] = [];
  const queues = new Map<Operation, Outcome[]>();
  const defaults = new Map<Operation, Outcome>();
  let stalled: Array<() => void> = [];

  const plan = (operation: Operation, ...outcomes: ReadonlyArray<Outcome>): void => {
    queues.set(operation, [...(queues.get(operation) ?? []), ...outcomes]);
  };
  for (const operation of ['create', 'find', 'change', 'remove', 'busy'] as const) {
    plan(operation, ...(options.plan?.[operation] ?? []));
  }

  const released = (signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const limit = options.timeLimitMs === undefined ? [] : [AbortSignal.timeout(options.timeLimitMs)];
      AbortSignal.any([signal, ...limit]).addEventListener('abort', () => resolve(false), { once: true });
      stalled.push(() => resolve(true));
    });

  const stored = (event: OwnEvent): StoredCalendarEvent => ({
    providerEventId: `scripted-${options.calendarId}-${event.icsUid}`,
    etag: none,
    meetingUrl: none,
  });
  const withoutId = <A>(done: A): A =>
    typeof done === 'object' && done !== null && 'providerEventId' in done ? { ...done, providerEventId: '' } : done;

  const call =
    <A>(operation: Operation, own: OwnEvent | null, signal: AbortSignal, act: TE.TaskEither<CalendarFailure, A>) =>
    async () => {
      if (signal.aborted) return failure('network')();
      calls.push({ operation, bookingUid: own?.bookingUid ?? null });
      const outcome = queues.get(operation)?.shift() ?? defaults.get(operation) ?? { type: 'accept' };
      const isStalled = outcome.type === 'stall' || outcome.type === 'stall-and-refuse';
      if (isStalled && !(await released(signal))) return failure(unanswered(operation))();
      if ('kind' in outcome) return TE.left({ message: `scripted: ${outcome.kind}`, ...outcome })();
      const result = await act();
      if (outcome.type === 'lose-answer') return failure(unanswered(operation))();
      return outcome.type === 'accept-without-id' ? TE.map<A, A>(withoutId)(TE.fromEither(result))() : result;
    };

  const ours = (own: OwnEvent): CalendarEvent | undefined => {
    const event = held.get(own.icsUid);
    return event?.bookingUid === own.bookingUid ? event : undefined;
  };
  const put = (event: CalendarEvent): TE.TaskEither<CalendarFailure, StoredCalendarEvent> => {
    held.set(event.icsUid, event);
    return TE.right(stored(event));
  };

  const watch: CalendarWatch = {
    changes: () => TE.right({ token: null, touched: 'unknown' }),
    look: (own) => async () => {
      const event = ours(own);
      return TE.right<CalendarFailure, Seen>(
        event === undefined ? { type: 'missing' } : { type: 'at', start: event.start, end: event.end },
      )();
    },
  };
  const calendar: Calendar = {
    ...(options.isWatched === true ? { watch } : {}),
    calendarId: options.calendarId,
    provider: options.provider ?? 'local',
    create: (event, signal) =>
      call('create', event, signal, () => {
        const before = ours(event);
        if (before !== undefined) return TE.right({ ...stored(event), start: before.start })();
        return (held.has(event.icsUid) ? failure('already-exists') : put(event))();
      }),
    find: (own, signal) =>
      call('find', own, signal, () => {
        const event = ours(own);
        return TE.right(fromNullable(event === undefined ? null : { ...stored(own), start: event.start }))();
      }),
    change: (event, { start }, signal) =>
      call('change', event, signal, () => {
        const before = ours(event);
        if (before === undefined) return failure('calendar-not-found')();
        return (start === event.start && before.start !== event.start ? failure('provider-error') : put(event))();
      }),
    remove: (own, signal) =>
      call('remove', own, signal, () => {
        if (ours(own) === undefined) return TE.right('already-gone' as const)();
        held.delete(own.icsUid);
        return TE.right('removed' as const)();
      }),
    busy: (window, except, signal) =>
      call('busy', null, signal, () => {
        const left = [...held.values()].filter((event) => !except.some(({ icsUid }) => icsUid === event.icsUid));
        const busy = [...left.map(intervalOf), ...foreign].filter((taken) => overlaps(taken, window));
        const odd = unreadable.filter(({ blocked }) => blocked.some((one) => overlaps(one, window)));
        return TE.right({ busy: [...busy, ...odd.flatMap(({ blocked }) => blocked)], unreadable: odd })();
      }),
  };

  return {
    calendar,
    calls,
    asked: (operation) => calls.filter((one) => one.operation === operation).length,
    events: () => [...held.values()],
    plan,
    always: (operation, outcome) => void defaults.set(operation, outcome),
    release: () => {
      const waiting = stalled;
      stalled = [];
      for (const go of waiting) go();
    },
    cannotRead: (...objects) => void (unreadable = objects),
    addForeign: (busy) => void foreign.push(busy),
    removeByHand: (icsUid) => void held.delete(icsUid),
    editByHand: (icsUid, change) => {
      const event = held.get(icsUid);
      if (event !== undefined) held.set(icsUid, { ...event, ...change });
    },
  };
};
