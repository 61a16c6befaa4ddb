import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../support/source-files.ts';

const rooms = ['domain', 'application', 'projections', 'adapters', 'http', 'cli', 'composition', 'testing'];
const folders = new Set(
  sourceFiles('src').flatMap(({ path }) => {
    const parts = dirname(path).split('/');
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  }),
);
const tests = rooms.flatMap((room) => sourceFiles(`test/${room}`)).filter(({ path }) => path.endsWith('.test.ts'));

/** `test/http/slots/slots.test.ts` to `src/http/slots`. */
const mirrored = (path: string): string => dirname(path).replace(/^test/, 'src');

describe('tests mirror src', () => {
  it('every test of a room lies in a folder that src has too', () => {
    expect(tests.length).toBeGreaterThan(150);
    expect(tests.filter(({ path }) => !folders.has(mirrored(path))).map(({ path }) => path)).toEqual([]);
  });

  it('a test that is called as a file of its room lies where that file does', () => {
    const sources = Map.groupBy(sourceFiles('src'), ({ path }) => basename(path, '.ts'));
    const misplaced = tests.flatMap(({ path }) => {
      const room = `${mirrored(path).split('/').slice(0, 2).join('/')}/`;
      const named = (sources.get(basename(path, '.test.ts')) ?? []).filter((source) => source.path.startsWith(room));
      const isBeside = named.some((source) => dirname(source.path) === mirrored(path));
      return named.length === 0 || isBeside ? [] : [`${path} is called as ${named[0]?.path}`];
    });
    expect(misplaced).toEqual([]);
  });
});
