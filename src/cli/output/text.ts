/** Control characters, and those that turn the direction of text: written by a guest, they could rewrite the terminal. */
const UNSAFE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const escaped = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** Untrusted text as one line that a terminal shows and does not obey. */
export const printable = (text: string): string => text.replaceAll(/[\r\n\t]+/gu, ' ').replaceAll(UNSAFE, escaped);

/** As terminals count, near enough for names: one column for each code point. */
const widthOf = (text: string): number => Array.from(text).length;

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Plain text columns under their names, two spaces apart, so that `awk` and people can both read them. Cells are made printable. */
export const table = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
): ReadonlyArray<string> => {
  const lines = [header, ...rows.map((row) => row.map((cell) => (cell === '' ? '-' : printable(cell))))];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** `name  value` lines; what has no value is left out. */
export const pairs = (entries: ReadonlyArray<readonly [name: string, value: string]>): ReadonlyArray<string> => {
  const shown = entries.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => widthOf(name)));
  return shown.map(([name, value]) => `${pad(name, width)}  ${printable(value)}`);
};

/** `2050-09-05T09:00:00.000Z` as `2050-09-05 09:00Z`. */
export const minute = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')}Z`;

/** `2050-09-05T09:00:00.123Z` as `2050-09-05 09:00:00Z`. */
export const second = (instant: string): string => `${instant.slice(0, 19).replace('T', ' ')}Z`;

/** Time-ordered uids begin alike; fewer characters would be taken again by tomorrow's bookings. */
export const MIN_PREFIX_LENGTH = 8;

const sharedLength = (a: string, b: string): number => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
};

/** For each uid the shortest beginning that no other one of the list has, of the same length for all, so that columns line up. */
export const shortUids = (uids: ReadonlyArray<string>): ReadonlyArray<string> => {
  const sorted = [...new Set(uids)].sort();
  const shared = sorted.map((uid, index) => sharedLength(uid, sorted[index + 1] ?? ''));
  const length = Math.max(MIN_PREFIX_LENGTH, ...shared.map((count) => count + 1));
  return uids.map((uid) => uid.slice(0, length));
};
