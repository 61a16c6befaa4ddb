const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The one form of dates that RFC 9110 section 5.6.7 lets servers send: `Sun, 06 Nov 1994 08:49:37 GMT`. */
const IMF_FIXDATE = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;

const epochMsOf = (httpDate: string): number | undefined => {
  const [, day, month, year, time] = IMF_FIXDATE.exec(httpDate) ?? [];
  const number = MONTHS.indexOf(month ?? '') + 1;
  if (number === 0) return undefined;
  try {
    return Temporal.Instant.from(`${year}-${String(number).padStart(2, '0')}-${day}T${time}Z`).epochMilliseconds;
  } catch {
    return undefined;
  }
};

/**
 * Retry-After (RFC 9110 section 10.2.3), seconds or a date, as milliseconds from `nowMs`; at most `capMs`, since a
 * remote side must not be able to put us to sleep for good. `undefined` for a header that is missing or says nothing.
 */
export const retryAfterMs = (header: string | undefined, nowMs: number, capMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const value = header.trim();
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : (epochMsOf(value) ?? Number.NaN) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), capMs);
};
