const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type Parts = {
  readonly year?: string;
  readonly month?: string;
  readonly day?: string;
  readonly time?: string;
};

/**
 * The forms of an HTTP-date (RFC 9110 section 5.6.7): IMF-fixdate `Sun, 06 Nov 1994 08:49:37 GMT`, which is the one to
 * send, and the two of old that are to be understood: RFC 850 `Sunday, 06-Nov-94 08:49:37 GMT` and asctime
 * `Sun Nov  6 08:49:37 1994`.
 */
const FORMS: ReadonlyArray<RegExp> = [
  /^\w{3}, (?<day>\d{2}) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^\w{6,9}, (?<day>\d{2})-(?<month>\w{3})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
];

/** A year of two digits that would lie more than 50 years ahead is meant of the past (RFC 9110 section 5.6.7). */
const fullYear = (year: string, nowMs: number): number => {
  if (year.length === 4) return Number(year);
  const thisYear = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO('UTC').year;
  const inThisCentury = thisYear - (thisYear % 100) + Number(year);
  return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury;
};

const epochMsOf = (httpDate: string, nowMs: number): number | undefined => {
  const parts: Parts | undefined = FORMS.map((form) => form.exec(httpDate)?.groups).find((groups) => groups);
  const { year, month, day, time } = parts ?? {};
  const number = MONTHS.indexOf(month ?? '') + 1;
  if (number === 0 || year === undefined || day === undefined) return undefined;
  const date = [fullYear(year, nowMs), String(number).padStart(2, '0'), day.trim().padStart(2, '0')].join('-');
  try {
    return Temporal.Instant.from(`${date}T${time}Z`).epochMilliseconds;
  } catch {
    return undefined;
  }
};

/**
 * Retry-After (RFC 9110 section 10.2.3), seconds or a date in any of its forms, as milliseconds from `nowMs`; at most `capMs`, since a
 * remote side must not be able to put us to sleep for good. `undefined` for a header that is missing or says nothing.
 */
export const retryAfterMs = (header: string | undefined, nowMs: number, capMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const value = header.trim();
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : (epochMsOf(value, nowMs) ?? Number.NaN) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), capMs);
};
