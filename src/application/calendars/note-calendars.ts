import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Host } from '../../domain/bookable/host.ts';
import type { CalendarProviderName } from '../../domain/booking/events.ts';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import type { CalendarBusy } from '../../domain/rules/decision-facts.ts';
import type { Interval } from '../../domain/time/time.ts';
import type { ScheduleState } from '../../domain/schedule/schedule-state.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { CommandContext } from '../commands/record.ts';
import type { BusyReading, Calendar } from '../ports/calendar.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Report } from '../saga/effect-context.ts';
import { type Calendars, type CalendarUnreadable, readHostCalendars } from './host-calendars.ts';

type NoteDeps = {
  readonly buses: Pick<BookingBuses, 'calendars'>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId' | 'newSalt'>;
  readonly report: Report;
};

/** `address`: where a calendar is, without secrets. It changes when another calendar is meant. */
export type ConfiguredPlace = {
  readonly id: string;
  readonly provider: CalendarProviderName;
  readonly address: string;
};

/**
 * Writes each calendar's address into its own stream when it is new. A failed write is reported and made again at the
 * next start.
 */
export const notePlaces =
  ({ buses, clock, identity, report }: NoteDeps) =>
  async (configured: ReadonlyArray<ConfiguredPlace>): Promise<void> => {
    const noteOne = async ({ id, provider, address }: ConfiguredPlace): Promise<void> => {
      const context = {
        commandId: identity.newCommandId(),
        actor: { kind: 'system' },
        correlationId: id,
        causationId: null,
      } as const;
      const place = { provider, address, salt: identity.newSalt() };
      const noted = await buses.calendars.execute(id, { type: 'NotePlace', now: clock.now(), ...place }, context)();
      if (E.isLeft(noted)) report({ where: `calendar ${id}`, reason: JSON.stringify(noted.left) });
    };
    await Promise.all(configured.map(noteOne));
  };

/** Milliseconds between two commands on a calendar's stream, however often the calendar is read. */
const NOTE_INTERVAL_MS = 2_000;
/**
 * Milliseconds until the stream of a calendar without unreadable objects is read again; another node may have found
 * some.
 */
const CLEAN_FOR_MS = 600_000;
/** Readings of one calendar that wait, at most. The oldest is dropped: the next reading contains the same. */
const MOST_WAITING = 8;

type Reading = { readonly window: Interval; readonly unreadable: BusyReading['unreadable'] };

type ReadingNotes = {
  /** Returns at once and never throws: the reader of the calendar does not wait. */
  readonly note: (calendarId: string, reading: Reading) => void;
  /** Resolves when nothing is being written. Readings that wait for their time do not count. */
  readonly idle: () => Promise<void>;
  /** Writes nothing new, and waits for what is being written. */
  readonly stop: () => Promise<void>;
};

type Pen = { waiting: Reading[]; busy: Promise<void> | null; cleanUntil: number; cancel: (() => void) | null };

/**
 * Records in the calendars' own streams which objects could not be read. It does so beside the requests, bounded in
 * memory, with one command at a time for each calendar and rarely. A calendar without unreadable objects costs nothing.
 */
export const makeReadingNotes = ({ buses, clock, identity, report }: NoteDeps): ReadingNotes => {
  const pens = new Map<string, Pen>();
  let isStopped = false;

  const write = async (calendarId: string, { window, unreadable }: Reading): Promise<boolean> => {
    const context = {
      commandId: identity.newCommandId(),
      actor: { kind: 'system' },
      correlationId: calendarId,
      causationId: null,
    } as const;
    const reading = { type: 'NoteReading', now: clock.now(), salt: identity.newSalt(), window, unreadable } as const;
    const noted = await buses.calendars.execute(calendarId, reading, context)();
    if (E.isRight(noted)) return noted.right.state.unreadable.length === 0;
    report({ where: `calendar ${calendarId}`, reason: `what cannot be read was not noted: ${noted.left.type}` });
    return false;
  };

  const writeAll = async (calendarId: string, pen: Pen): Promise<void> => {
    const readings = pen.waiting;
    pen.waiting = [];
    let isClean = false;
    for (const reading of readings) isClean = await write(calendarId, reading);
    pen.cleanUntil = isClean ? clock.now() + CLEAN_FOR_MS : 0;
  };

  const begin = (calendarId: string, pen: Pen): void => {
    if (isStopped || pen.busy !== null || pen.cancel !== null || pen.waiting.length === 0) return;
    pen.busy = writeAll(calendarId, pen)
      .catch((fault: unknown) => report({ where: `calendar ${calendarId}`, reason: String(fault) }))
      .then(() => {
        pen.busy = null;
        if (isStopped) return;
        pen.cancel = clock.at(clock.now() + NOTE_INTERVAL_MS, () => {
          pen.cancel = null;
          begin(calendarId, pen);
        });
      });
  };

  const idle = async (): Promise<void> => {
    for (let busy = allBusy(); busy.length > 0; busy = allBusy()) await Promise.all(busy);
  };
  const allBusy = () => [...pens.values()].flatMap(({ busy }) => busy ?? []);

  return {
    note: (calendarId, reading) => {
      const pen = pens.get(calendarId) ?? { waiting: [], busy: null, cleanUntil: 0, cancel: null };
      pens.set(calendarId, pen);
      if (reading.unreadable.length === 0 && pen.waiting.length === 0 && clock.now() < pen.cleanUntil) return;
      pen.waiting = [...pen.waiting, reading].slice(-MOST_WAITING);
      begin(calendarId, pen);
    },
    idle,
    stop: async () => {
      isStopped = true;
      for (const { cancel } of pens.values()) cancel?.();
      await idle();
    },
  };
};

type Looks = { readonly noted: (calendarId: string, failure: CalendarFailure | null, tookMs: number) => void };

/** The same calendar, whose readings are noted: what in them is odd, and whether it could be read at all. */
export const noting =
  (notes: Pick<ReadingNotes, 'note'>, looks: Looks, clock: Pick<Clock, 'elapsed'>) =>
  (calendar: Calendar): Calendar => ({
    ...calendar,
    busy: (window, except, signal) => async () => {
      const begun = clock.elapsed();
      const read = await calendar.busy(window, except, signal)();
      // A caller who went away says nothing of the calendar.
      if (!signal.aborted) looks.noted(calendar.calendarId, E.isLeft(read) ? read.left : null, clock.elapsed() - begun);
      if (E.isRight(read)) notes.note(calendar.calendarId, { window, unreadable: read.right.unreadable });
      return read;
    },
  });

type DecisionDeps = {
  readonly calendars: Calendars;
  readonly buses: Pick<BookingBuses, 'calendars'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: Report;
};

/** A time that somebody asks for. `start`: of the meeting, epoch ms. `claim`: the time it takes, with its buffers. */
type WantedTime = { readonly start: number; readonly claim: Interval };

/**
 * What a host's calendars say about a time that somebody asks for. Where one cannot be read, the request is refused, and
 * the calendar's own stream says so before the caller hears it: from there its host is told (S28). A caller who went away
 * says nothing of the calendar.
 */
export const readBusyToDecide =
  ({ calendars, buses, clock, report }: DecisionDeps) =>
  (
    host: Host,
    schedule: ScheduleState,
    { start, claim }: WantedTime,
    context: CommandContext,
    signal: AbortSignal,
    moving?: string,
  ): TaskEither<CalendarUnreadable, ReadonlyArray<CalendarBusy>> =>
  async () => {
    const read = await readHostCalendars(calendars)(host, schedule, claim, signal, moving)();
    if (E.isRight(read) || signal.aborted) return read;
    const { calendarId, failure } = read.left;
    const note = { type: 'NoteRefusedBooking', now: clock.now(), start, failure } as const;
    const commandId = `${context.commandId}/unreadable`;
    const noted = await buses.calendars.execute(calendarId, note, { ...context, commandId })();
    if (E.isLeft(noted))
      report({
        where: `calendar ${calendarId}`,
        reason: `its host is not told that it cannot be read: ${noted.left.type}`,
      });
    return read;
  };
