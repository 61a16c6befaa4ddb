/** A time of day: `9:05`, `09:05:07`, `9:05 AM`. Not what stands in an offset. */
const TIME = /(?<![\d:]|UTC[+-]|\d[+-])\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: [AP]M)?(?![\d:])/g;

/** ` Europe/Oslo (UTC+02:00)`, ` UTC`, ` (UTC+02:00)`, `Z`, `+02:00`. */
const ZONE =
  /^(?: [A-Z][\w+-]*(?:[/ ][A-Z][\w+-]*)* \(UTC(?:[+-]\d\d:\d\d)?\)| UTC(?![+-])| \(UTC(?:[+-]\d\d:\d\d)?\)|Z|[+-]\d\d:\d\d)/;

/** The beginning of a span whose end names the zone of both: ` – 09:30 Europe/Oslo (UTC+02:00)`, also with a date before it. */
const REST_OF_SPAN = /^ – (?:[\w, ]+, )?(?=\d{1,2}:\d{2})/;

/** Every time of day in a text that does not name its zone, with what stands around it. */
export const timesWithoutZone = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(TIME)].flatMap(({ 0: time, index }) => {
    const rest = text.slice(index + time.length);
    const isNamed = ZONE.test(rest) || REST_OF_SPAN.test(rest);
    return isNamed ? [] : [text.slice(Math.max(0, index - 40), index + time.length + 30)];
  });
