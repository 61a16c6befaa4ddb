import { describe, expect, it } from 'vitest';
import { importsOf, sourceFiles } from '../support/source-files.ts';

const roomOf = (path: string): string => {
  const [, room = ''] = path.split('/');
  return room.endsWith('.ts') ? 'entry' : room;
};

/** Which rooms of `src` a room may import from, itself included. The composition root and the entries know everybody. */
const allowed: Readonly<Record<string, ReadonlyArray<string>>> = {
  domain: ['domain'],
  application: ['application', 'domain'],
  projections: ['projections', 'application', 'domain'],
  adapters: ['adapters', 'projections', 'application', 'domain'],
  http: ['http', 'projections', 'application', 'domain'],
  replay: ['replay', 'adapters', 'projections', 'application', 'domain'],
  testing: ['testing', 'application', 'domain'],
};

const violations = (room: string): ReadonlyArray<string> =>
  sourceFiles(`src/${room}`).flatMap((file) =>
    importsOf(file)
      .filter((target) => target.startsWith('src/') && !(allowed[room] ?? []).includes(roomOf(target)))
      .map((target) => `${file.path} imports ${target}`),
  );

describe('the direction of dependencies', () => {
  it.each(Object.keys(allowed))('src/%s imports only what lies further in', (room) => {
    expect(sourceFiles(`src/${room}`).length).toBeGreaterThan(0);
    expect(violations(room)).toEqual([]);
  });

  it('every room of src has a rule, or is a composition root that knows everybody', () => {
    const rooms = new Set(sourceFiles('src').map(({ path }) => roomOf(path)));
    const roots = ['composition', 'cli', 'entry'];
    expect([...rooms].filter((room) => !(room in allowed) && !roots.includes(room))).toEqual([]);
  });

  it('nothing but a composition root imports the HTTP layer', () => {
    const outside = ['domain', 'application', 'projections', 'adapters', 'testing'].flatMap((room) =>
      sourceFiles(`src/${room}`),
    );
    expect(outside.flatMap((file) => importsOf(file).filter((target) => target.startsWith('src/http')))).toEqual([]);
  });
});

describe('the domain is pure', () => {
  const files = sourceFiles('src/domain');

  it('imports only fp-ts, io-ts and itself', () => {
    const foreign = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('src/domain/') && !/^(fp-ts\/lib\/|io-ts$)/.test(target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(foreign).toEqual([]);
  });
});
