import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../support/source-files.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...readdirSync(join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const decisions = readdirSync(join(projectFolder, 'docs/adr')).filter((name) => name !== 'README.md');

const linksOf = (page: string): ReadonlyArray<string> =>
  [...readFileSync(join(projectFolder, page), 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(
    ([, target = '']) => target,
  );

describe('the documents', () => {
  it.each(pages)('%s leads to nothing that is not there', (page) => {
    const missing = linksOf(page).filter((target) => !existsSync(join(projectFolder, dirname(page), target)));
    expect(missing).toEqual([]);
  });

  it('every guide can be reached from the README', () => {
    const guides = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page));
    expect(guides.filter((guide) => !linksOf('README.md').includes(guide))).toEqual([]);
  });

  it('decisions are numbered, and no number is given twice', () => {
    const numbers = decisions.map((name) => /^(\d{4})-/.exec(name)?.[1]);
    expect(numbers.filter((number) => number === undefined)).toEqual([]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('every decision is in the index, with its status and its date', () => {
    const index = readFileSync(join(projectFolder, 'docs/adr/README.md'), 'utf8');
    const row =
      /^\| (\d{4}) +\| \[[^\]]+\]\((\1-[\w-]+\.md)\) +\| (?:accepted|in part superseded by|superseded by)[^|]* \| \d{4}-\d\d-\d\d \|$/gm;
    expect([...index.matchAll(row)].map(([, , name]) => name)).toEqual(decisions.toSorted());
  });
});
