import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { projectFolder } from '../support/source-files.ts';

/** What each file breaks; every file is linted where it would lie in the project. */
const SAMPLES: Readonly<Record<string, readonly [rule: string, text: string]>> = {
  'src/domain/clock.ts': ['no-restricted-properties', 'export const now = () => Temporal.Now.instant();'],
  'src/domain/date.ts': ['no-restricted-globals', 'export const now = () => Date.now();'],
  'src/domain/chance.ts': ['no-restricted-properties', 'export const roll = () => Math.random();'],
  'src/domain/timer.ts': ['no-restricted-globals', 'setTimeout(() => undefined, 1);'],
  'src/domain/process.ts': ['no-restricted-globals', 'export const home = process.env.HOME;'],
  'src/application/date.ts': ['no-restricted-globals', 'export const now = () => new Date();'],
  'src/application/express.ts': [
    'no-restricted-imports',
    "import express from 'express';\nexport const app = express();",
  ],
  'src/adapters/google.ts': [
    'no-restricted-imports',
    "import { google } from 'googleapis';\nexport const made = google;",
  ],
  'src/application/floating.ts': [
    'no-floating-promises',
    'export const run = (work: () => Promise<void>) => { work(); };',
  ],
  'src/application/void.ts': [
    'no-floating-promises',
    'export const run = (work: () => Promise<void>) => { void work(); };',
  ],
  'src/application/misused.ts': [
    'no-misused-promises',
    "export const on = (emitter: { on: (each: () => void) => void }) => emitter.on(async () => { await Promise.reject(new Error('x')); });",
  ],
  'src/domain/switch.ts': [
    'switch-exhaustiveness-check',
    "export const side = (at: 'left' | 'right') => { switch (at) { case 'left': return -1; default: return 1; } };",
  ],
  'src/application/any.ts': ['no-explicit-any', 'export const told = (value: any): string => String(value);'],
  'src/application/comment.ts': ['ban-ts-comment', '// @ts-ignore because\nexport const one: string = 1;'],
  'src/application/one.ts': ['no-cycle', "import type { Two } from './two.ts';\nexport type One = { two: Two };"],
  'src/application/two.ts': ['no-cycle', "import type { One } from './one.ts';\nexport type Two = { one: One };"],
  'src/application/long.ts': ['max-lines', `export const one = [${'\n1,'.repeat(250)}];\n`],
};

it('finds what it is there for, each in a file that breaks one rule', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lint-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(projectFolder, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  // Without the types of Node: its package is not there.
  const compiler = { module: 'nodenext', target: 'es2024', lib: ['es2024', 'esnext'], strict: true, types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: compiler, include: ['src'] }));
  for (const [path, [, text]] of Object.entries(SAMPLES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const oxlint = join(projectFolder, 'node_modules/oxlint/bin/oxlint');
  const ran = spawnSync(process.execPath, [oxlint, '--format=json'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, OXLINT_TSGOLINT_PATH: join(projectFolder, 'node_modules/.bin/tsgolint') },
  });
  const { diagnostics }: { diagnostics: ReadonlyArray<{ readonly code: string; readonly filename: string }> } =
    JSON.parse(ran.stdout);
  const found = new Set(diagnostics.map(({ code, filename }) => `${filename}: ${/\(([^)]+)\)/.exec(code)?.[1]}`));
  const missed = Object.entries(SAMPLES).flatMap(([path, [rule]]) =>
    found.has(`${path}: ${rule}`) ? [] : [`${path}: ${rule}`],
  );
  expect(missed).toEqual([]);
  expect(ran.status).toBe(1);
});
