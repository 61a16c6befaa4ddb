import { describe, expect, it } from 'vitest';
import { type SourceFile, importsOf, sourceFiles } from '../support/source-files.ts';

const files = new Map(['src', 'test'].flatMap((folder) => sourceFiles(folder)).map((file) => [file.path, file]));
const WORLD = /^node:(?:fs|child_process|net|tls|http|https|dgram|sqlite|worker_threads)/;

/** Every file that `file` loads, itself included; what is imported as a type alone is not loaded. */
const loadedBy = (file: SourceFile, seen = new Set<string>()): Set<string> => {
  if (seen.has(file.path)) return seen;
  seen.add(file.path);
  const text = file.text.replaceAll(/^(?:import|export) type [^;]*;/gm, '');
  for (const target of importsOf({ path: file.path, text })) {
    const next = files.get(target);
    if (next === undefined) seen.add(target);
    else loadedBy(next, seen);
  }
  return seen;
};

describe('the pure tests', () => {
  const pure = [...files.values()].filter(({ path }) =>
    /^test\/(?:domain|adapters\/(?:conferencing|hashing))\/.*\.test\.ts$/.test(path),
  );

  it('of the domain load nothing that could open a file, a socket or a process', () => {
    expect(pure.length).toBeGreaterThan(20);
    const reaching = pure.flatMap((file) =>
      [...loadedBy(file)].filter((target) => WORLD.test(target)).map((target) => `${file.path} loads ${target}`),
    );
    expect(reaching).toEqual([]);
  });
});
