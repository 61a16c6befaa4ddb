import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { type Installed, installPacked, run } from './packed.helper.ts';

const guide = join(import.meta.dirname, '../../docs/saga-tests.md');

/** The only TypeScript block of the guide. */
const example = async (): Promise<string> => {
  const blocks = [...(await readFile(guide, 'utf8')).matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
  expect(blocks).toHaveLength(1);
  return blocks.join('');
};

const recommendedByNode = {
  compilerOptions: {
    noEmit: true,
    strict: true,
    target: 'esnext',
    module: 'nodenext',
    rewriteRelativeImportExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    types: ['node'],
  },
  include: ['*.test.ts'],
};

describe('holdfast-testing, installed from its tarball', () => {
  let folder = { path: '', remove: async (): Promise<void> => undefined };
  let installed: Installed = { needs: [], megabytes: Number.NaN };
  beforeAll(async () => {
    folder = await temporaryFolder();
    installed = await installPacked(folder.path);
  });
  afterAll(() => folder.remove());

  it('brings two libraries and no calendar client, in less than 20 MB', () => {
    expect([...installed.needs].sort()).toEqual(['fp-ts', 'io-ts']);
    expect(installed.megabytes).toBeGreaterThan(1);
    expect(installed.megabytes).toBeLessThan(20);
  });

  it('runs the example of the guide under node --test', async () => {
    await writeFile(join(folder.path, 'booking.test.ts'), await example());
    const { ok, output } = await run(folder.path, 'node', '--test', 'booking.test.ts');
    expect(output).toMatch(/pass 6\b/);
    expect(ok).toBe(true);
  });

  it('has types for a TypeScript user, and they are checked', async () => {
    await writeFile(join(folder.path, 'booking.test.ts'), await example());
    await writeFile(join(folder.path, 'tsconfig.json'), JSON.stringify(recommendedByNode));
    expect(await run(folder.path, 'tsc', '-p', '.')).toEqual({ ok: true, output: '' });
    const wrong = "import { sequence, started } from 'holdfast-testing';\nsequence(started('work'));\n";
    await writeFile(join(folder.path, 'booking.test.ts'), wrong);
    expect((await run(folder.path, 'tsc', '-p', '.')).output).toContain('BookingRequested');
  });

  it('shows a difference to a user of node:test and of vitest', async () => {
    const failing = (runner: string) => `
      import { test } from '${runner}';
      import { requested, sequence, writeCalendar } from 'holdfast-testing';
      test('wrong', () => void sequence(requested()).yields(writeCalendar('home')));`;
    await writeFile(join(folder.path, 'wrong.test.ts'), failing('node:test'));
    const node = await run(folder.path, 'node', '--test', 'wrong.test.ts');
    await writeFile(join(folder.path, 'wrong.test.ts'), failing('vitest'));
    const vitest = await run(folder.path, 'vitest', 'run', 'wrong.test.ts');
    for (const { ok, output } of [node, vitest]) {
      expect(ok).toBe(false);
      expect(output).toMatch(/\+ .*calendarId.*work/);
      expect(output).toMatch(/- .*calendarId.*home/);
    }
  });

  it('strips the types of its own files alone', async () => {
    const other = join(folder.path, 'node_modules', 'other');
    await mkdir(other);
    await writeFile(join(other, 'index.ts'), 'export const one: number = 1;');
    await writeFile(
      join(folder.path, 'other.js'),
      "import 'holdfast-testing'; import './node_modules/other/index.ts';",
    );
    const { ok, output } = await run(folder.path, 'node', 'other.js');
    expect({ ok, output }).toMatchObject({ ok: false, output: expect.stringContaining('UNSUPPORTED_NODE_MODULES') });
  });

  it('exports from the plain JavaScript file all that the sources export', async () => {
    const names = async (path: string): Promise<ReadonlyArray<string>> => Object.keys(await import(path)).sort();
    expect(await names('../../bin/testing.js')).toEqual(await names('../../src/testing/index.ts'));
  });
});
