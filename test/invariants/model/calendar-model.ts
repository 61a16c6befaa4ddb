import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type {
  Calendar,
  CalendarEvent,
  OwnEvent,
  StoredCalendarEvent,
} from '../../../src/application/ports/calendar.ts';
import type { CalendarFailure, FailureKind } from '../../../src/domain/calendar/calendar-failure.ts';
import { type Interval, intervalOf, overlaps } from '../../../src/domain/time/time.ts';

/**
 * What becomes of a call. `done`: done and said. `no-id`: the same, without an id. `stored`: done, and answered as a
 * failure of the server. `lost`: done, and no answer came. `unsent`: not done, and no answer came. Else: refused as that kind.
 */
export type Answer = 'done' | 'no-id' | 'stored' | 'lost' | 'unsent' | FailureKind;

/** A call that waits for its answer. `owner`: which run of the program made it. */
export type PendingCall = {
  readonly name: string;
  readonly calendarId: string;
  readonly bookingUid: string;
  readonly owner: number;
  readonly answer: (answer: Answer) => void;
  /** The caller is dead: the call arrived all the same, or it did not. */
  readonly orphan: (arrives: boolean) => void;
};

/**
 * A stand-in for a calendar, in memory: each write waits until somebody says what becomes of it, so that calls overlap in
 * every order. Not a real provider. `takenOut`: bookings whose event a person took out by hand.
 */
export type CalendarModel = {
  readonly calendarId: string;
  readonly events: Map<string, CalendarEvent>;
  readonly takenOut: Set<string>;
  readonly foreign: Interval[];
  /** SEQUENCEs that each booking's event had here, in order. */
  readonly sequences: Map<string, number[]>;
  readonly asSeenBy: (owner: number) => Calendar;
};

const applied: ReadonlySet<Answer> = new Set(['done', 'no-id', 'stored', 'lost']);

const failureOf = (answer: Answer, isWrite: boolean): CalendarFailure => {
  switch (answer) {
    case 'lost':
    case 'unsent':
      return { kind: isWrite ? 'outcome-unknown' : 'network', message: 'no answer' };
    case 'done':
    case 'no-id':
    case 'stored':
      return { kind: 'provider-error', message: 'answered 500' };
    default:
      return { kind: answer, message: `refused: ${answer}` };
  }
};

export const makeCalendarModel = (calendarId: string, pending: PendingCall[]): CalendarModel => {
  const events = new Map<string, CalendarEvent>();
  const takenOut = new Set<string>();
  const foreign: Interval[] = [];
  const sequences = new Map<string, number[]>();

  const put = (event: CalendarEvent): void => {
    events.set(event.bookingUid, event);
    takenOut.delete(event.bookingUid);
    sequences.set(event.bookingUid, [...(sequences.get(event.bookingUid) ?? []), event.sequence]);
  };
  const stored = ({ bookingUid }: OwnEvent): StoredCalendarEvent => {
    const event = events.get(bookingUid);
    return {
      providerEventId: `${calendarId}-${bookingUid}`,
      etag: O.none,
      meetingUrl: O.none,
      ...(event === undefined ? {} : { start: event.start }),
    };
  };

  const asSeenBy = (owner: number): Calendar => {
    /** `act`: what the calendar does once the call has arrived; its own refusal, if it has one. */
    const call =
      <A>(operation: string, own: OwnEvent, isWrite: boolean, act: () => E.Either<CalendarFailure, A>) =>
      (): Promise<E.Either<CalendarFailure, A>> =>
        new Promise((resolve) => {
          const { bookingUid } = own;
          const entry: PendingCall = {
            name: `${operation} ${bookingUid} at ${calendarId}`,
            calendarId,
            bookingUid,
            owner,
            answer: (answer) => {
              pending.splice(pending.indexOf(entry), 1);
              const result = applied.has(answer) ? act() : E.left(failureOf(answer, isWrite));
              const isSaid = answer === 'done' || answer === 'no-id' || E.isLeft(result);
              resolve(isSaid ? result : E.left(failureOf(answer, isWrite)));
            },
            orphan: (arrives) => {
              pending.splice(pending.indexOf(entry), 1);
              if (arrives) act();
            },
          };
          pending.push(entry);
        });
    const gone: CalendarFailure = { kind: 'calendar-not-found', message: 'no such event' };
    return {
      calendarId,
      provider: 'local',
      create: (event) =>
        call('create', event, true, () => {
          if (!events.has(event.bookingUid)) put(event);
          return E.right(stored(event));
        }),
      find: (own) => call('find', own, false, () => E.right(events.has(own.bookingUid) ? O.some(stored(own)) : O.none)),
      change: (event) =>
        call('change', event, true, () => {
          if (!events.has(event.bookingUid)) return E.left(gone);
          put(event);
          return E.right(stored(event));
        }),
      remove: (own) =>
        call('remove', own, true, () =>
          E.right(events.delete(own.bookingUid) ? ('removed' as const) : ('already-gone' as const)),
        ),
      busy: (window, except) => async () => {
        const others = [...events.values()].filter(({ icsUid }) => !except.some((own) => own.icsUid === icsUid));
        const busy = [...others.map(intervalOf), ...foreign].filter((taken) => overlaps(taken, window));
        return E.right({ busy, unreadable: [] });
      },
    };
  };
  return { calendarId, events, takenOut, foreign, sequences, asSeenBy };
};
