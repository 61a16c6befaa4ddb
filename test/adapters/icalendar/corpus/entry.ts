/**
 * One iCalendar object and what must follow from it. Instants are UTC to the minute (`2027-01-04T08:00`): in each of
 * `busy` a booking must be refused, in each of `free` it must be possible, since nothing else is in the calendar.
 */
export type CorpusEntry = {
  readonly name: string;
  /** The VCALENDAR as a server stores it. */
  readonly text: string;
  readonly busy: ReadonlyArray<string>;
  readonly free: ReadonlyArray<string>;
  /** Nobody can say what it means: it has to be named, and blocks what the server says it overlaps. */
  readonly odd: boolean;
  /** Also stored on a real server, and booked against. */
  readonly endToEnd: boolean;
};

type Expected = {
  /** Instants, separated by blanks. */
  readonly busy?: string;
  readonly free?: string;
  /** Components beside the event, in front of it. */
  readonly zones?: ReadonlyArray<string>;
  readonly odd?: true;
  readonly endToEnd?: true;
  /** The text as it is, where the lines are no ordinary object. */
  readonly raw?: true;
};

const lines = (text: string): ReadonlyArray<string> =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const isEventLine = (line: string): boolean => line.startsWith('BEGIN:VEVENT');

/** Lines of one VEVENT get their frame and a UID; several VEVENTs are given with their own BEGIN and END. */
const eventLines = (text: string): ReadonlyArray<string> => {
  const given = lines(text);
  const framed = given.some(isEventLine) ? given : ['BEGIN:VEVENT', ...given, 'END:VEVENT'];
  return framed.flatMap((line) =>
    isEventLine(line) ? [line, 'UID:corpus@example.org', 'DTSTAMP:20260101T000000Z', 'SUMMARY:Busy'] : [line],
  );
};

const instants = (text: string | undefined): ReadonlyArray<string> =>
  (text ?? '').split(/\s+/).filter((one) => one !== '');

/** The host is in Europe/Oslo. */
export const entry = (name: string, text: string, expected: Expected): CorpusEntry => ({
  name,
  text:
    expected.raw === true
      ? text
      : [
          'BEGIN:VCALENDAR',
          'VERSION:2.0',
          'PRODID:-//Corpus//EN',
          ...(expected.zones ?? []).flatMap(lines),
          ...eventLines(text),
          'END:VCALENDAR',
          '',
        ].join('\r\n'),
  busy: instants(expected.busy),
  free: instants(expected.free),
  odd: expected.odd ?? false,
  endToEnd: expected.endToEnd ?? false,
});

/** A text of these lines as they are. */
export const raw = (...all: ReadonlyArray<string>): string => all.join('\r\n');
/** One VEVENT of these lines as they are. */
export const wrapped = (...inside: ReadonlyArray<string>): string =>
  raw(
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Corpus//EN',
    'BEGIN:VEVENT',
    'UID:corpus@example.org',
    'DTSTAMP:20260101T000000Z',
    ...inside,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  );

/** 5 July 2027, nine to ten, UTC. */
export const NINE = ['DTSTART:20270705T090000Z', 'DTEND:20270705T100000Z'];
