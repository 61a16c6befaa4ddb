/** One content line (RFC 5545, 3.1): names in upper case, parameter values without their quotes. */
export type Property = {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  /** It follows a line that is no content line: it may be a part of a text that was not folded. */
  readonly inDoubt: boolean;
};

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

/**
 * Index at which the value begins: after the first colon outside quotes, or after the first one where quotes do not
 * close.
 */
const colonOf = (line: string): number => {
  const first = line.indexOf(':');
  const quote = line.indexOf('"');
  if (quote < 0 || quote > first) return first;
  let quoted = false;
  for (let at = quote; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === 34) quoted = !quoted;
    else if (code === 58 && !quoted) return at;
  }
  return first;
};

const splitOutsideQuotes = (text: string): ReadonlyArray<string> => text.match(/(?:"[^"]*"?|[^;"])+/g) ?? [];

const parametersOf = (text: string): ReadonlyMap<string, string> => {
  const parameters = new Map<string, string>();
  for (const part of splitOutsideQuotes(text)) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const name = part.slice(0, equals).trim().toUpperCase();
    const value = part.slice(equals + 1).trim();
    if (!parameters.has(name)) parameters.set(name, value.replace(/"/g, '').trim());
  }
  return parameters;
};

/** Outlook writes zones such as `TZID=(UTC+01:00) Berlin` without quotes: then the value begins after a later colon. */
const TIME_AFTER_LATER_COLON = /^([^:]*;.*):(\d{8}(?:T\d{6}Z?)?\s*)$/i;

/** `nameEnd`: where the name ends in the line. */
export const propertyOf = (line: string, nameEnd: number, name: string, inDoubt: boolean): Property => {
  const later = name === 'DTSTART' || name === 'DTEND' || name === 'RECURRENCE-ID' || name === 'EXDATE';
  const split = later ? TIME_AFTER_LATER_COLON.exec(line) : null;
  const colon = split?.[1]?.length ?? colonOf(line);
  return {
    name,
    parameters: line.charCodeAt(nameEnd) === 59 ? parametersOf(line.slice(nameEnd + 1, colon)) : NO_PARAMETERS,
    value: line.slice(colon + 1).trim(),
    inDoubt,
  };
};

/** Index at which the name of a line ends; negative where the line is no content line. */
export const nameEndOf = (line: string): number => {
  const colon = line.indexOf(':');
  const semicolon = line.indexOf(';');
  return semicolon >= 0 && semicolon < colon ? semicolon : colon;
};
