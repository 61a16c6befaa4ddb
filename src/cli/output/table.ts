import { printable } from './printable.ts';

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
