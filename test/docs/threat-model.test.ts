import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../support/source-files.ts';

const page = readFileSync(join(projectFolder, 'docs/security.md'), 'utf8');
const [, model = ''] = /## Threat model\n([\s\S]*?)\n## /.exec(page) ?? [];
const rows = model
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:who +\||-)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));
const testsOf = (row: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...(row[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);

describe('the threat model', () => {
  it('says in every row who wants what, what stops them, and which tests show it', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.length !== 4 || row.some((cell) => cell.trim() === ''))).toEqual([]);
    expect(rows.filter((row) => testsOf(row).length === 0)).toEqual([]);
  });

  it('names tests that are there', () => {
    const missing = rows
      .flatMap(testsOf)
      .filter((path) => !path.endsWith('.test.ts') || !existsSync(join(projectFolder, path)));
    expect(missing).toEqual([]);
  });

  it('is what SECURITY.md counts by, which says how to report', () => {
    const reporting = readFileSync(join(projectFolder, 'SECURITY.md'), 'utf8');
    expect(reporting).toContain('docs/security.md');
    expect(reporting).toContain('## How to report');
  });
});
