import type { Json } from '../../../src/domain/log/envelope.ts';
import { seededRandom } from '../eventstoredb/seeded-random.ts';

/** Choices that are the same for the same seed. */
export type Dice = {
  readonly below: (most: number) => number;
  readonly oneOf: <A>(choices: ReadonlyArray<A>) => A;
  /** True once in `n` times. */
  readonly once: (n: number) => boolean;
};

export const diceOf = (seed: number): Dice => {
  const random = seededRandom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  return {
    below,
    once: (n) => below(n) === 0,
    oneOf: (choices) => {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new Error('nothing to choose from');
      return chosen;
    },
  };
};

const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);

/** What a page must never show as it stands. */
export const SCRIPT = '<script>alert(1)</script>';

/** Texts that parsers, stores, mails, shells, pages or file systems have stumbled over. */
export const nastyTexts: ReadonlyArray<string> = [
  '',
  ' ',
  '\0',
  '\r\nX-Injected: 1',
  '\r\n\r\n',
  '\u202Egnp.exe',
  '\u200B',
  '\uD800',
  '\uDFFF\uD800',
  'a\u0301'.repeat(500),
  '😀'.repeat(300),
  'ß'.repeat(2_000),
  'x'.repeat(10_000),
  SCRIPT,
  `"'>${SCRIPT}`,
  "'; DROP TABLE bookings; --",
  '${7*7}{{7*7}}',
  '$(id)`id`|id',
  '../../../../etc/passwd',
  '..%2f..%2f',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data',
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e999',
  '0x10',
  '9007199254740993',
  '-1',
  '2050-09-05T07:00:00Z',
  '2050-02-30T07:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '-271821-04-19T00:00:00Z',
  '2050-09-05T07:00:60Z',
  '2050-09-05',
  'Europe/Oslo',
  'Etc/GMT+99',
  'runa@example.com',
  '"a b"@example.com',
  'a@[127.0.0.1]',
  `${'a'.repeat(65)}@example.com`,
  'a@xn--80ak6aa92e.com',
  '+4712345678',
  'BEGIN:VCALENDAR\r\nEND:VCALENDAR',
  '(a+)+$',
  `${'a'.repeat(5_000)}!`,
  ','.repeat(5_000),
  '['.repeat(2_000),
  '%'.repeat(500),
];

const nastyNumbers: ReadonlyArray<number> = [
  0,
  -0,
  1,
  2,
  -1,
  0.1,
  20,
  30,
  250,
  251,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  1e21,
  1e308,
  5e-324,
];

/** A value of any kind, most of them wrong wherever they are put. */
export const nastyValue = (dice: Dice): Json => {
  switch (dice.below(9)) {
    case 0:
    case 1:
    case 2:
      return dice.oneOf(nastyTexts);
    case 3:
      return dice.oneOf(nastyNumbers);
    case 4:
      return dice.oneOf([null, true, false]);
    case 5:
      return Array.from({ length: dice.oneOf([0, 1, 21, 300]) }, () => dice.oneOf(nastyTexts).slice(0, 20));
    case 6:
      return Object.fromEntries(Array.from({ length: dice.oneOf([0, 1, 60, 4_000]) }, (_, n) => [`k${n}`, n]));
    case 7:
      return JSON.parse(nested(dice.oneOf([1, 50, 3_000]), '[', ']')) as Json;
    default:
      return JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as Json;
  }
};

/** Puts something wrong at one place of a value, or takes something away. */
export const mutateJson = (dice: Dice, value: Json): Json => {
  if (dice.once(6)) return nastyValue(dice);
  if (Array.isArray(value)) {
    const place = dice.below(value.length + 1);
    return [...value.slice(0, place), mutateJson(dice, value[place] ?? null), ...value.slice(place + 1)];
  }
  if (typeof value !== 'object' || value === null) return nastyValue(dice);
  const keys = Object.keys(value);
  if (keys.length === 0 || dice.once(6))
    return { ...value, [dice.oneOf(nastyTexts).slice(0, 2_000)]: nastyValue(dice) };
  const key = dice.oneOf(keys);
  if (!dice.once(6)) return { ...value, [key]: mutateJson(dice, Reflect.get(value, key) as Json) };
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as Json;
};

/** Cuts, doubles, swaps or puts something into a text. */
export const mutateText = (dice: Dice, text: string): string => {
  const b = dice.below(text.length + 1);
  const a = dice.below(b + 1);
  switch (dice.below(6)) {
    case 0:
      return text.slice(0, a);
    case 1:
      return text.slice(0, a) + text.slice(b);
    case 2:
      return text.slice(0, b) + text.slice(a);
    case 3:
      return text.slice(0, a) + dice.oneOf(nastyTexts) + text.slice(a);
    case 4:
      return text.slice(0, a) + String.fromCharCode(dice.below(0x10000)) + text.slice(a + 1);
    default:
      return text.slice(0, a) + text.slice(a, b).repeat(dice.below(20)) + text.slice(b);
  }
};
