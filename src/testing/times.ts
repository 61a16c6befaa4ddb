/** The one day, a Monday, on which short times lie. */
const DAY = '2050-09-05';

/** `HH:MM` or `HH:MM:SS` on `DAY`, in UTC; or a whole UTC instant, for other days. */
export type Time = string;

/** The moment at which everything happens that was not given a time. */
export const START_OF_STORY: Time = '10:00:00';

/** A time as events spell it: `'10:00'` is `2050-09-05T10:00:00Z`. Throws RangeError on anything that is no time. */
export const instant = (time: Time): string =>
  Temporal.Instant.from(time.includes('T') ? time : `${DAY}T${time}Z`).toString();

/** A time in epoch milliseconds, as commands carry it. */
export const epochMs = (time: Time): number => Temporal.Instant.from(instant(time)).epochMilliseconds;
