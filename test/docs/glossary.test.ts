import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../support/source-files.ts';

const rows = readFileSync(join(projectFolder, 'docs/glossary.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:term|---) /.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

describe('the glossary', () => {
  it('has a term, a meaning and a place in every row', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => row.length !== 3)).toEqual([]);
  });

  it('gives no term twice', () => {
    const terms = rows.map(([term]) => term);
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
  });

  it('names places that are there', () => {
    const places = rows.flatMap(([, , where = '']) =>
      [...where.matchAll(/`([^`]+)`/g)].flatMap(([, path]) => path ?? []),
    );
    expect(places.length).toBeGreaterThanOrEqual(rows.length);
    expect(places.filter((path) => !existsSync(join(projectFolder, path)))).toEqual([]);
  });

  it.each(['README.md', 'CONTRIBUTING.md'])('and %s names folders of src that are there', (page) => {
    const text = readFileSync(join(projectFolder, page), 'utf8');
    const named = [...text.matchAll(/(?<![\w/])src\/[\w/.-]*\w/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(projectFolder, path)))).toEqual([]);
  });
});
