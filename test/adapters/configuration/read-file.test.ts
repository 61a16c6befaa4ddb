import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFile } from '../../../src/adapters/configuration/sources.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-read-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

it('reads a file up to the limit, and not beyond', () => {
  const path = written('five', 'åbcd');
  expect(readFile(path, 5)).toEqual(E.right('åbcd'));
  expect(readFile(path, 4)).toEqual(E.left({ reason: 'it has more than 4 bytes', tooLarge: true }));
});

it('tells why a file cannot be read', () => {
  const latin1 = written('latin1', Uint8Array.of(0xe5));
  expect(readFile(join(folder, 'nowhere'), 10)).toMatchObject(E.left({ reason: 'there is no such file' }));
  expect(readFile(folder, 10)).toMatchObject(E.left({ reason: 'it is not an ordinary file' }));
  expect(readFile(latin1, 10)).toMatchObject(E.left({ reason: 'it is not UTF-8 text' }));
});

it('does not wait for a pipe that nobody writes', () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  expect(readFile(path, 10)).toMatchObject(E.left({ reason: 'it is not an ordinary file' }));
});
