import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const source = join(import.meta.dirname, '../../../src');
const imported = /^import (type )?[^;]*?from '([^']+)';$/gms;

type Import = { readonly path: string; readonly typeOnly: boolean };

const importsOf = (path: string): ReadonlyArray<Import> =>
  [...readFileSync(path, 'utf8').matchAll(imported)].map(([, type, from = '']) => ({
    path: from.startsWith('.') ? join(dirname(path), from) : from,
    typeOnly: type !== undefined,
  }));

/** All that a module can run: what is imported for its types alone is not there at run time. */
const reachable = (path: string, seen: Set<string> = new Set()): ReadonlySet<string> => {
  if (seen.has(path)) return seen;
  seen.add(path);
  if (path.startsWith('/')) for (const one of importsOf(path)) if (!one.typeOnly) reachable(one.path, seen);
  return seen;
};

it('I7: a rebuild cannot reach anything that has an effect: only files, SQLite and pure code', () => {
  const modules = [...reachable(join(source, 'projections/runtime/rebuild.ts'))];
  const libraries = modules.filter((path) => !path.startsWith('/'));
  const folders = modules
    .filter((path) => path.startsWith('/'))
    .map((path) => relative(source, path).split('/').slice(0, 2).join('/'));
  expect(libraries.filter((name) => !/^(fp-ts|io-ts)(\/|$)/.test(name)).toSorted()).toEqual([
    'node:fs',
    'node:path',
    'node:sqlite',
  ]);
  const allowed = /^(domain|projections)\//;
  expect(folders.filter((folder) => !allowed.test(folder))).toEqual([]);
  const consumers = modules.filter((path) => /-consumer\.ts$|note-outcome\.ts$/.test(path));
  expect(consumers).toEqual([]);
  expect(modules.length).toBeGreaterThan(30);
});
