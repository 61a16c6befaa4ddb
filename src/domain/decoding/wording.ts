import type * as t from 'io-ts';

/** What can be wrong with a value. Stable: scripts and documentation rely on them. */
export type ProblemCode =
  | 'missing'
  | 'unknown_key'
  | 'wrong_type'
  | 'out_of_range'
  | 'bad_format'
  | 'not_one_of'
  | 'duplicate'
  | 'overlap'
  | 'wrong_order'
  | 'conflict'
  | 'address_not_allowed'
  | 'unreadable'
  | 'literal_secret'
  | 'secret_unavailable'
  | 'weak_key'
  | 'not_installed';

/**
 * An error of io-ts with a code. `message` goes after the name of the field (`must be true or false`) and quotes nothing
 * that was written. `written`: what was, where an operator may see it again; never for a secret.
 */
export type Problem = t.ValidationError & {
  readonly code: ProblemCode;
  readonly message: string;
  readonly written?: string;
};

/** What a codec of ours said; of io-ts's own, which have no codes, that the value is of another type. */
export const problemOf = (error: t.ValidationError): Pick<Problem, 'code' | 'message' | 'written'> =>
  'code' in error
    ? // Nothing but `Problem` adds a code to an error of io-ts.
      (error as Problem)
    : { code: 'wrong_type', message: `must be ${error.context.at(-1)?.type.name ?? 'valid'}` };

const MAX_SHOWN = 60;

/** Line breaks, terminal sequences and characters that cannot be seen or turn the reading direction, written as escapes. */
const escaped = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );

const cut = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

/** What was written, short and harmless, for messages; never used where a secret may stand. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? escaped(JSON.stringify(cut(value))) : cut(String(value));

/**
 * Where in the decoded value an error is, as one would write it in JavaScript: `hosts[0].eventTypes[1].slug`; empty for
 * the value itself. Names come from whoever wrote the value: long ones are cut, and none brings a line of its own.
 */
export const fieldPath = (context: t.Context): string =>
  context
    .map(({ key }) => key)
    .filter((key) => key !== '')
    .map((key) => (/^\[\d+\]$/.test(key) ? key : `.${escaped(cut(key))}`))
    .join('')
    .replace(/^\./, '');

/** Edits that a slip of the finger makes; more and it is another word. */
const MAX_DISTANCE = 3;

/** Levenshtein's distance: letters to insert, remove or replace. Recursion is fine for words of this length. */
const distance = (a: string, b: string, limit: number): number => {
  if (a === '' || b === '' || limit <= 0) return a.length + b.length;
  if (a[0] === b[0]) return distance(a.slice(1), b.slice(1), limit);
  const removed = distance(a.slice(1), b, limit - 1);
  const inserted = distance(a, b.slice(1), limit - 1);
  const replaced = distance(a.slice(1), b.slice(1), limit - 1);
  return 1 + Math.min(removed, inserted, replaced);
};

/** Small when the words are alike; one that begins like the other (a forgotten unit) counts as one edit. */
const unlikeness = (written: string, known: string): number => {
  const [a, b] = [written.toLowerCase(), known.toLowerCase()];
  const extended = a.length >= 4 && (b.startsWith(a) || a.startsWith(b));
  return extended ? 1 : distance(a, b, MAX_DISTANCE + 1);
};

/** `; did you mean "slug"?`, or nothing when no known word is near. Only words of a word's length are compared. */
export const didYouMean = (written: string, known: ReadonlyArray<string>): string => {
  if (written.length > MAX_SHOWN) return '';
  const [nearest] = known
    .filter((word) => Math.abs(word.length - written.length) <= MAX_DISTANCE || /^.{4}/.test(written))
    .map((word) => ({ word, edits: unlikeness(written, word) }))
    .filter(({ word, edits }) => edits <= Math.min(MAX_DISTANCE, word.length / 2))
    .toSorted((a, b) => a.edits - b.edits);
  return nearest === undefined ? '' : `; did you mean "${nearest.word}"?`;
};
