import { checked, codec, type Codec } from './decoding/codec.ts';
import { line, text } from './decoding/values.ts';
import { isObject } from './unknown.ts';
import type { Json, JsonObject } from './log/envelope.ts';

/** Joiners, which scripts and emoji need inside words, and variation selectors, which choose the form of a character. */
const NEEDED = '\\u200C\\u200D\\uFE00-\\uFE0F';

/** Characters that turn the reading direction, and such as are not seen (UAX #44 Default_Ignorable_Code_Point, and Cf). */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const HIDDEN_BUT_NEEDED = new RegExp(`(?![${NEEDED}])[\\p{Default_Ignorable_Code_Point}\\p{Cf}]`, 'gu');

/** Controls but tab and line breaks: they would write into terminals, headers and files. */
const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;

/**
 * Text of a stranger without what could make it read as something else, and without controls. Kept: what scripts and emoji
 * are written with. Everything that a stranger writes and somebody else reads goes through it, coming in and going out.
 */
export const readableText = (text: string): string => text.replaceAll(HIDDEN_BUT_NEEDED, '').replaceAll(CONTROLS, '');

const readableJson = (value: Json): Json => {
  if (typeof value === 'string') return readableText(value);
  if (Array.isArray(value)) return value.map(readableJson);
  return isObject(value) ? readableFields(value) : value;
};

/** The same of every text in a record, at any depth, and of the names of its fields. */
export const readableFields = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [readableText(key), readableJson(value)]));

/** What is not seen shown by its number, for those who are to see what is there. */
export const withHiddenShown = (text: string, shown: (character: string) => string): string =>
  text.replaceAll(HIDDEN_BUT_NEEDED, shown);

/** A name: of those nothing at all, so that no two names look the same. */
export const visibleName = (text: string): string => text.replaceAll(HIDDEN, '');

/**
 * A name of which no mail program makes a link: spaces part what looks like an address on the web or of a mailbox. The dots
 * are those of UTS #46, which browsers take for one.
 */
export const unlinkedName = (name: string): string =>
  visibleName(name)
    .replaceAll(/([.\u3002\uFF0E\uFF61])(?=[\p{L}\p{N}])/gu, '$1 ')
    .replaceAll(/:(?=\/\/)/g, ': ')
    .replaceAll(/\s*@\s*/g, ' @ ')
    .trim();

/** Characters that read as a dot, besides those that NFKC makes one: of UTS #46, and letters and digits that look like it. */
const DOT_ALIKE = /[\u3002\u0701\u0702\uA4F8\u0660\u06F0]/gu;
/** Points in the middle of the line, a dot in brackets, and the word. */
const POINT = String.raw`(?:[.\u00B7\u0387\u2022\u2027\u2219\u22C5\u2E31\u2E33\u30FB]|[\[({<]\s*(?:dot|\.)\s*[\])}>]|\sdot\s)`;
/** Endings that are no words of a name, so that blanks around the dot hide nothing. */
const ENDINGS =
  'com|net|org|info|biz|io|app|dev|xyz|top|shop|site|online|store|club|live|link|click|page|web|cloud|tech|icu|vip|ru|cn|tk|ml|cf|gq';
const LETTER = String.raw`[\p{L}\p{N}]`;
const END = String.raw`(?![\p{L}\p{N}])`;

/**
 * Shapes of what leads elsewhere: a scheme, `www`, a mail address, a domain with an ending that is in use (two letters, a
 * known one, an A-label, a script of its own), also where blanks or other points hide its dot, and an IPv4 address. Each
 * looks at a bounded piece of text, so the cost follows the size.
 */
const ADDRESSES: ReadonlyArray<RegExp> = [
  /:\s{0,9}[/\\\u2044\u2215]\s{0,9}[/\\\u2044\u2215]/u,
  /(?<!\p{L})(?:mailto|https?|ftp|tel|sms|javascript|data)\s{0,9}:/iu,
  new RegExp(String.raw`(?<!${LETTER})www\d?\s{0,9}${POINT}`, 'iu'),
  new RegExp(String.raw`@\s{0,9}${LETTER}`, 'u'),
  new RegExp(
    String.raw`${LETTER}\.(?:\p{L}{2}|${ENDINGS}|xn--[a-z0-9-]{1,60}|\p{Script=Cyrillic}{2,60}|\p{Script=Han}{2,60})${END}`,
    'iu',
  ),
  new RegExp(String.raw`${LETTER}\s{0,9}${POINT}\s{0,9}(?:${ENDINGS})${END}`, 'iu'),
  new RegExp(String.raw`${LETTER}\.${LETTER}{1,60}(?:[/?#]|:\d)`, 'u'),
  /(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)/,
];

/** Compatible forms are one (UAX #15, NFKC), so that wide or circled letters hide nothing. */
const leadsElsewhere = (text: string): boolean => {
  const plain = text.normalize('NFKC').replaceAll(DOT_ALIKE, '.');
  return ADDRESSES.some((address) => address.test(plain));
};

/** What `whole` takes, once that is left out which is not seen. */
const cleaned = (whole: Codec<string>, clean: (text: string) => string): Codec<string> =>
  codec<string>(whole.name, (value, context) =>
    whole.validate(typeof value === 'string' ? clean(value) : value, context),
  );

/** One line of a stranger's; controls are refused. */
export const strangersLine = (max: number): Codec<string> =>
  cleaned(line(max), (value) => value.replaceAll(HIDDEN_BUT_NEEDED, ''));

/** A stranger's text on any number of lines, such as a reason. */
export const strangersText = (max: number): Codec<string> => cleaned(text(max), readableText);

/** A name on one line, without characters that are not seen or turn the reading direction: they are left out. */
export const personName = (max: number): Codec<string> => cleaned(line(max), visibleName);

/** A name of a stranger, whose words are mailed to others: nothing in it may look like an address to go to. */
export const strangersName = (max: number): Codec<string> =>
  checked(personName(max), (name) =>
    leadsElsewhere(name)
      ? [{ code: 'bad_format', message: 'must not look like a web or mail address; write a space after each dot' }]
      : [],
  );
