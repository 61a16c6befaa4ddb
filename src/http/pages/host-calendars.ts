import type { Booked, CalendarSync, Difference, Failed, KnownBooking } from '../../domain/booking/booking-state.ts';
import { failureInWords } from '../../projections/history/history-words.ts';
import { type HostReader, momentFor } from './host-words.ts';

/** When a calendar was last known to hold the booking, UTC instant; null: nothing is known. */
type LastSeen = (sync: CalendarSync) => string | null;

/** `said`: lines beside the state; `removable`: the host can say that they deleted the event by hand. */
export type CalendarInWords = {
  readonly calendarId: string;
  readonly name: string;
  readonly state: string;
  readonly said: ReadonlyArray<string>;
  readonly removable: boolean;
};

const failureLines = (failure: Failed | null, reader: HostReader): ReadonlyArray<string> => {
  if (failure === null) return [];
  const next = failure.retryAt === null ? 'It is not tried again by itself.' : '';
  const planned = failure.retryAt === null ? '' : `It is tried again on ${momentFor(reader, failure.retryAt)}.`;
  return [
    `Why: ${failureInWords(failure.kind)} (${momentFor(reader, failure.failedAt)}).`,
    ...(failure.message === '' ? [] : [`It answered: ${failure.message}`]),
    failure.retryRequested ? 'Another try was asked for and is made now.' : `${next}${planned}`,
  ];
};

const differenceInWords = ({ kind, start, end, since }: Difference, reader: HostReader): string => {
  const found = `as was found on ${momentFor(reader, since)}`;
  if (kind === 'missing' || kind === 'cancelled')
    return `${kind === 'missing' ? 'does not hold the booking any more' : 'shows the booking as cancelled'}, ${found}`;
  return `shows the booking from ${[start, end].map((at) => momentFor(reader, at ?? since)).join(' to ')}, ${found}`;
};

const heldInWords = (
  sync: Extract<CalendarSync, { readonly status: 'held' }>,
  accepted: boolean,
  reader: HostReader,
  lastSeen: LastSeen,
): string => {
  if (sync.difference !== undefined) return differenceInWords(sync.difference, reader);
  const seenAt = lastSeen(sync);
  const seen = seenAt === null ? '' : `, as was last seen on ${momentFor(reader, seenAt)}`;
  if (!accepted || sync.confirmation.done) return `holds the booking${seen}`;
  const isOn = sync.eventStatus === 'confirmed';
  return `holds the booking, ${isOn ? 'not yet with the guests and the place of now' : 'still as tentative'}${seen}`;
};

const stateInWords = (
  sync: CalendarSync,
  phase: KnownBooking['phase'],
  reader: HostReader,
  lastSeen: LastSeen,
): { readonly state: string; readonly failures: ReadonlyArray<Failed | null> } => {
  switch (sync.status) {
    case 'idle':
      return { state: 'was not written', failures: [] };
    case 'writing':
      return { state: 'is being written', failures: [sync.lastFailure] };
    case 'failed':
      return { state: 'did not take the booking', failures: [sync.failure] };
    case 'held':
      return {
        state: heldInWords(sync, phase === 'accepted', reader, lastSeen),
        failures: [sync.move.failure, sync.confirmation.failure, sync.decoration.failure],
      };
    case 'removal-failed':
      return {
        state: sync.mayHold === 'unlikely' ? 'could not be asked whether it is clear' : 'still shows the event',
        failures: [sync.failure],
      };
    case 'removed':
      return {
        state:
          sync.acknowledged === true
            ? 'is looked after no more: you said that it is dealt with'
            : 'is clear of the event',
        failures: [],
      };
  }
};

/** Each calendar of the booking: its state, and why. */
export const calendarsInWords = (
  { calendars, phase }: Pick<Booked, 'calendars'> & { readonly phase: KnownBooking['phase'] },
  reader: HostReader,
  lastSeen: LastSeen,
): ReadonlyArray<CalendarInWords> =>
  calendars.map((sync) => {
    const { state, failures } = stateInWords(sync, phase, reader, lastSeen);
    return {
      calendarId: sync.calendarId,
      name: reader.calendarLabel(sync.calendarId),
      state,
      said: failures.flatMap((failure) => failureLines(failure, reader)),
      removable: sync.status === 'removal-failed',
    };
  });
