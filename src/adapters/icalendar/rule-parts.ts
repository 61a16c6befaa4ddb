import { unreadable } from './time-values.ts';

export type Frequency = 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY' | 'HOURLY' | 'MINUTELY' | 'SECONDLY';

const FREQUENCIES: ReadonlyArray<string> = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'];
export const isFrequency = (text: string | undefined): text is Frequency =>
  text !== undefined && FREQUENCIES.includes(text);

/** What a part may hold: a range of numbers, `signed` where they may count from the end. */
const RANGES: Readonly<Record<string, { readonly min: number; readonly max: number; readonly signed: boolean }>> = {
  BYSECOND: { min: 0, max: 60, signed: false },
  BYMINUTE: { min: 0, max: 59, signed: false },
  BYHOUR: { min: 0, max: 23, signed: false },
  BYMONTHDAY: { min: 1, max: 31, signed: true },
  BYYEARDAY: { min: 1, max: 366, signed: true },
  BYWEEKNO: { min: 1, max: 53, signed: true },
  BYSETPOS: { min: 1, max: 366, signed: true },
};

export const bad = (): Error => unreadable('a recurrence rule cannot be understood');

const listOf = (text: string): ReadonlyArray<string> => text.split(',').filter((item) => item !== '');

const numbers = (name: string, text: string): string => {
  const range = RANGES[name];
  if (range === undefined) throw bad();
  return listOf(text)
    .map((item) => {
      if (!/^[+-]?\d{1,3}$/.test(item)) throw bad();
      const value = Number(item);
      const size = range.signed ? Math.abs(value) : value;
      if (size < range.min || size > range.max) throw bad();
      // A leap second is read as the second before.
      return String(name === 'BYSECOND' ? Math.min(value, 59) : value);
    })
    .join(',');
};

const weekdays = (text: string, ordinals: boolean): string =>
  listOf(text)
    .map((item) => {
      const match = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(item);
      const nth = match?.[1] === undefined ? null : Number(match[1]);
      if (match === null || nth === 0 || Math.abs(nth ?? 1) > 53) throw bad();
      return `${nth === null || !ordinals ? '' : nth}${match[2]}`;
    })
    .join(',');

const months = (text: string, rscale: boolean): string =>
  listOf(text)
    .map((item) => {
      const match = /^(\d{1,2})(L?)$/.exec(item);
      const month = Number(match?.[1] ?? '0');
      if (match === null || month < 1 || month > (rscale ? 13 : 12) || (match[2] === 'L' && !rscale)) throw bad();
      return `${month}${match[2]}`;
    })
    .join(',');

export type Parts = ReadonlyMap<string, string>;

/** Everything in upper case, without blanks, empty parts and the names that a careless sender repeats before it. */
export const partsOf = (text: string): Parts => {
  const parts = new Map<string, string>();
  for (const part of text
    .toUpperCase()
    .replace(/\s/g, '')
    .replace(/^RRULE:/, '')
    .split(';')) {
    const equals = part.indexOf('=');
    if (part === '') continue;
    const [name, value] = [part.slice(0, equals), part.slice(equals + 1)];
    if (equals < 1) throw bad();
    if (parts.has(name) && parts.get(name) !== value) throw bad();
    if (value !== '') parts.set(name, value);
  }
  return parts;
};

export const whole = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  if (!/^\+?\d+$/.test(text)) throw bad();
  return Number(text);
};

export const KNOWN = [
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'WKST',
  'RSCALE',
  'SKIP',
  'BYDAY',
  'BYMONTH',
  ...Object.keys(RANGES),
];
export const hasBy = (parts: Parts): boolean => [...parts.keys()].some((name) => name.startsWith('BY'));

/** Parts that the RFC forbids beside a FREQ: some readers heed them, some pass over them, so both are read. */
export const FORBIDDEN_BESIDE: Readonly<Record<Frequency, ReadonlyArray<string>>> = {
  YEARLY: [],
  MONTHLY: ['BYWEEKNO', 'BYYEARDAY'],
  WEEKLY: ['BYWEEKNO', 'BYYEARDAY', 'BYMONTHDAY'],
  DAILY: ['BYWEEKNO', 'BYYEARDAY'],
  HOURLY: ['BYWEEKNO'],
  MINUTELY: ['BYWEEKNO'],
  SECONDLY: ['BYWEEKNO'],
};

export const written = (parts: Parts, frequency: Frequency, without: ReadonlyArray<string>): string => {
  const ordinals = frequency === 'MONTHLY' || (frequency === 'YEARLY' && !parts.has('BYWEEKNO'));
  const rscale = parts.get('RSCALE');
  const content = [...parts].flatMap(([name, value]) => {
    if (name === 'COUNT' || name === 'UNTIL' || without.includes(name)) return [];
    if (name === 'INTERVAL') return [`INTERVAL=${Math.max(1, whole(value) ?? 1)}`];
    if (name === 'BYDAY') return [`BYDAY=${weekdays(value, ordinals)}`];
    if (name === 'BYMONTH') return [`BYMONTH=${months(value, rscale !== undefined)}`];
    return [RANGES[name] === undefined ? `${name}=${value}` : `${name}=${numbers(name, value)}`];
  });
  // SKIP without RSCALE is the Gregorian one's: nobody means anything else.
  return [...(rscale === undefined && parts.has('SKIP') ? ['RSCALE=GREGORIAN'] : []), ...content].join(';');
};
