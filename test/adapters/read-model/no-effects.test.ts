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
  const modules = [...reachable(join(source, 'adapters/read-model/rebuild.ts'))];
  const libraries = modules.filter((path) => !path.startsWith('/'));
  const files = modules.filter((path) => path.startsWith('/')).map((path) => relative(source, path));
  expect(libraries.filter((name) => !/^(fp-ts|io-ts)(\/|$)/.test(name)).toSorted()).toEqual([
    'node:fs',
    'node:path',
    'node:sqlite',
  ]);
  // What is to be said is planned by pure functions, and a port has limits and types; nothing that says anything is reached.
  expect(files.filter((path) => !/^(domain|projections|adapters\/read-model)\//.test(path)).toSorted()).toEqual([
    // Gives files their rights, by `node:fs`.
    'adapters/sqlite/private-files.ts',
    // Leaves nothing of erased people in the file's own log.
    'adapters/sqlite/wal-sync.ts',
    'application/notifications/difference-news.ts',
    'application/notifications/mail-kinds.ts',
    'application/notifications/mails-due.ts',
    'application/notifications/plan.ts',
    'application/ports/read-models.ts',
    // How many bookings are watched at most.
    'application/watching/sightings.ts',
  ]);
  expect(modules.length).toBeGreaterThan(30);
});
