/** Control characters, and those that turn the direction of text: written by a guest, they could rewrite the terminal. */
const UNSAFE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const escaped = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** Untrusted text as one line that a terminal shows and does not obey. */
export const printable = (text: string): string => text.replaceAll(/[\r\n\t]+/gu, ' ').replaceAll(UNSAFE, escaped);
