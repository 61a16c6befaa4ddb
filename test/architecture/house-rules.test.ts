import { describe, expect, it } from 'vitest';
import { backwardCalls } from '../support/backward-calls.ts';
import { sourceFiles } from '../support/source-files.ts';

const LONGEST_FILE = 250;
const LONG_FILE = 200;
const LONGEST_TEST_NAME = 100;
const everything = ['src', 'demo', 'test', 'bench'].flatMap((folder) => sourceFiles(folder));
const sources = sourceFiles('src');
const lines = ({ text }: { readonly text: string }): number => text.split('\n').length - 1;

/** What stands between the quotes after `it(`, `describe(` and their kin; a placeholder counts as it is written. */
const testNames = (text: string): ReadonlyArray<string> =>
  [
    ...text.matchAll(/^\s*(?:it|test|describe)(?:\.\w+)*(?:\([^\n]*\))??\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/gm),
  ].flatMap(([, , name]) => name ?? []);

/** Functions that create something in the world; what makes a part of the program is called `make` or `open`. */
const createsInTheWorld = ['createDavEvent', 'createGoogleEvent', 'createKey', 'createIndexes', 'createTables'];

describe('the rules of the house that the linter does not know', () => {
  it(`no file is longer than ${LONGEST_FILE} lines`, () => {
    expect(everything.filter((file) => lines(file) > LONGEST_FILE).map(({ path }) => path)).toEqual([]);
  });

  it(`95 % of the source files are under ${LONG_FILE} lines`, () => {
    const long = sources.filter((file) => lines(file) >= LONG_FILE);
    expect(long.length / sources.length, long.map(({ path }) => path).join(', ')).toBeLessThanOrEqual(0.05);
  });

  it('types and style are not talked away', () => {
    const marks = /prettier-ignore|\bas unknown as\b|\bas never\b|oxlint-disable(?!-next-line \S+ -- \S)/;
    const marked = everything.filter(({ path, text }) => !path.includes('house-rules') && marks.test(text));
    expect(marked.map(({ path }) => path)).toEqual([]);
  });

  it(`the name of a test has at most ${LONGEST_TEST_NAME} characters`, () => {
    const names = sourceFiles('test').flatMap(({ path, text }) =>
      testNames(text).map((name) => ({ path, name, length: name.length })),
    );
    expect(names.length).toBeGreaterThan(1000);
    expect(names.filter(({ length }) => length > LONGEST_TEST_NAME)).toEqual([]);
  });
});

/** What is written once, in `src/domain/unknown.ts`: by its name, and by its usual text where it stands without one. */
const writtenOnce: Readonly<Record<string, RegExp>> = {
  isObject:
    /\b(?:const|function) (?:isObject|isRecord|isMapping|isJsonObject)\b|(\w+) !== null && !Array\.isArray\(\1\)/g,
  messageOf:
    /\b(?:const|function) (?:messageOf|errorMessage)\b|(\w+) instanceof Error\s*\? \1\.message\s*: String\(\1\)/g,
  reasonOf: /\b(?:const|function) reasonOf\b|'reason' in (\w+(?:\.\w+)*)\s*\? \1\.reason\s*: \1\.type/g,
};

describe('what is written once', () => {
  const home = 'src/domain/unknown.ts';
  it.each(Object.entries(writtenOnce))('%s stands in one file alone', (name, pattern) => {
    const copies = everything.filter(({ path, text }) => !path.includes('house-rules') && text.search(pattern) >= 0);
    expect(copies.map(({ path }) => path)).toEqual([home]);
    expect(sources.find(({ path }) => path === home)?.text).toContain(`export const ${name} = `);
  });

  it('what is emptied when it is full stands in one file alone', () => {
    const emptied = /if \((\w+)\.size >=? \w+\) \1\.clear\(\)/;
    expect(sources.filter(({ text }) => emptied.test(text)).map(({ path }) => path)).toEqual([
      'src/domain/memoized.ts',
    ]);
  });

  it('what makes a part is called make or open', () => {
    const constructor =
      /^export (?:async )?(?:const|function) ((?:create|build|new|init|setUp|construct|assemble)[A-Z]\w*)/gm;
    const found = sources.flatMap(({ text }) => [...text.matchAll(constructor)].map(([, name = '']) => name));
    expect(found.filter((name) => !createsInTheWorld.includes(name))).toEqual([]);
  });

  it('a name that is exported has one meaning: one file of src exports it', () => {
    const exporters = new Map<string, Set<string>>();
    const declared = /^export (?:async )?(?:const|let|function\*?|type|interface|class) (\w+)/gm;
    for (const { path, text } of sources)
      for (const [, name = ''] of text.matchAll(declared))
        exporters.set(name, (exporters.get(name) ?? new Set()).add(path));
    expect(exporters.size).toBeGreaterThan(1000);
    const twice = [...exporters].filter(([, paths]) => paths.size > 1);
    expect(twice.map(([name, paths]) => `${name}: ${[...paths].join(', ')}`)).toEqual([]);
  });

  it('transformations take their data first: pipe(value, E.map(f)), not E.map(f)(value)', () => {
    expect(backwardCalls('const a = E.map((x: string) => `${x})`)(b);\nO.map(f)')).toEqual(['1: E.map(']);
    const found = sources.flatMap(({ path, text }) => backwardCalls(text).map((call) => `${path}:${call}`));
    expect(found).toEqual([]);
  });
});
