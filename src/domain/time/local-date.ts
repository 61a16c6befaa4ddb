const DAY_IN_MS = 86_400_000;
const epoch = Temporal.PlainDate.from('1970-01-01');

/** Minutes after midnight of a wall-clock time `HH:MM`; `24:00` is 1440. */
export const minutesOf = (wallClock: string): number =>
  Number(wallClock.slice(0, 2)) * 60 + Number(wallClock.slice(3, 5));

/** Calendar days since 1970-01-01, so that dates can be counted on without asking Temporal. */
export const dayNumberOf = (date: Temporal.PlainDate): number =>
  date.toZonedDateTime('UTC').epochMilliseconds / DAY_IN_MS;

export const dateOfDay = (dayNumber: number): Temporal.PlainDate => epoch.add({ days: dayNumber });

/**
 * A day number that is not after the local date of `instant` (epoch milliseconds) in any zone, and at most two days before it:
 * zones have always kept within a day of UTC.
 */
export const dayNumberNotAfter = (instant: number): number => Math.floor(instant / DAY_IN_MS) - 1;

/** The first instant of a local date, in epoch milliseconds: not 00:00 where the clocks skip it. */
export const startOfDate = (date: Temporal.PlainDate, timeZone: string): number =>
  date.toZonedDateTime(timeZone).epochMilliseconds;

/**
 * The instant of a wall-clock time (minutes after midnight, 1 to 1439), in epoch milliseconds. A time that the clocks skip
 * moves later by what they skip, a time that comes twice is the first one (RFC 5545 section 3.3.5; Temporal's `compatible`).
 */
export const instantOf = (date: Temporal.PlainDate, minutes: number, timeZone: string): number =>
  date
    .toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
    .toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
