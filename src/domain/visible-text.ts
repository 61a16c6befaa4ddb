import { codec, type Codec } from './decoding/codec.ts';
import { line } from './decoding/values.ts';

/** Joiners, which scripts and emoji need inside words, and variation selectors, which choose the form of a character. */
const NEEDED = '\\u200C\\u200D\\uFE00-\\uFE0F';

/** Characters that turn the reading direction, and such as are not seen (UAX #44 Default_Ignorable_Code_Point, and Cf). */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const HIDDEN_BUT_NEEDED = new RegExp(`(?![${NEEDED}])[\\p{Default_Ignorable_Code_Point}\\p{Cf}]`, 'gu');

/** Text of a stranger without what could make it read as something else. Kept: what scripts and emoji are written with. */
export const readableText = (text: string): string => text.replaceAll(HIDDEN_BUT_NEEDED, '');

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

/** A name on one line, without characters that are not seen or turn the reading direction: they are left out. */
export const personName = (max: number): Codec<string> => {
  const whole = line(max);
  return codec<string>(whole.name, (value, context) =>
    whole.validate(typeof value === 'string' ? visibleName(value) : value, context),
  );
};
