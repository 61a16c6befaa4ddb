import { statSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverSecret } from '../../../src/adapters/keys/stored-server-secret.ts';
import type { DataFile } from '../../../src/adapters/sqlite/data-file.ts';
import { mustOpen, temporaryDataFile } from '../../support/data-file.ts';
import { mustRun } from '../../support/must.ts';

let file: DataFile;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ file, remove } = await temporaryDataFile());
});
afterEach(() => remove());

it('is 256 random bits, the same at every start', async () => {
  const secret = await mustRun(serverSecret(file));
  expect(secret.length).toBe(32);
  expect(new Set(secret).size).toBeGreaterThan(8);
  await file.close();
  const reopened = mustOpen(file.path);
  expect(await mustRun(serverSecret(reopened))).toEqual(secret);
  await reopened.close();
});

it('is another one in another data file', async () => {
  const other = await temporaryDataFile();
  expect(await mustRun(serverSecret(other.file))).not.toEqual(await mustRun(serverSecret(file)));
  await other.remove();
});

it('lies in files that only their owner may read', async () => {
  await mustRun(serverSecret(file));
  const rights = ['', '-wal', '-shm'].map((suffix) => (statSync(file.path + suffix).mode & 0o777).toString(8));
  expect(rights).toEqual(['600', '600', '600']);
});
