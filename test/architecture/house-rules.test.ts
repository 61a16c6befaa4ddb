import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../support/source-files.ts';

const LONG_FILE = 150;
const everything = ['src', 'test', 'bench'].flatMap((folder) => sourceFiles(folder));
const sources = sourceFiles('src');
const lines = ({ text }: { readonly text: string }): number => text.split('\n').length - 1;

describe('the rules of the house that the linter does not know', () => {
  it(`95 % of the source files are under ${LONG_FILE} lines`, () => {
    const long = sources.filter((file) => lines(file) >= LONG_FILE);
    expect(long.length / sources.length, long.map(({ path }) => path).join(', ')).toBeLessThanOrEqual(0.05);
  });

  it('types and style are not talked away', () => {
    const marks = /prettier-ignore|\bas unknown as\b|\bas never\b|oxlint-disable(?!-next-line \S+ -- \S)/;
    const marked = everything.filter(({ path, text }) => !path.includes('house-rules') && marks.test(text));
    expect(marked.map(({ path }) => path)).toEqual([]);
  });
});
