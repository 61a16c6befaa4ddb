import { statSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noteSecretInUse, secretFingerprint, serverSecret } from '../../../src/adapters/identity/server-secret.ts';
import type { DataFile } from '../../../src/adapters/sqlite/data-file.ts';
import { secretOf } from '../../../src/application/secret.ts';
import { mustOpen, temporaryDataFile } from '../../support/data-file.ts';
import { mustRun } from '../../support/must.ts';

let file: DataFile;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ file, remove } = await temporaryDataFile());
});
afterEach(() => remove());

it('is 256 random bits, the same at every start', async () => {
  const secret = await mustRun(serverSecret(file, null));
  expect(secret.length).toBe(32);
  expect(new Set(secret).size).toBeGreaterThan(8);
  await file.close();
  const reopened = mustOpen(file.path);
  expect(await mustRun(serverSecret(reopened, null))).toEqual(secret);
  await reopened.close();
});

it('is another one in another data file', async () => {
  const other = await temporaryDataFile();
  expect(await mustRun(serverSecret(other.file, null))).not.toEqual(await mustRun(serverSecret(file, null)));
  await other.remove();
});

it('lies in files that only their owner may read', async () => {
  await mustRun(serverSecret(file, null));
  const rights = ['', '-wal', '-shm'].map((suffix) => (statSync(file.path + suffix).mode & 0o777).toString(8));
  expect(rights).toEqual(['600', '600', '600']);
});

const GIVEN = secretOf('q1pX0m3fTz1Vd0mYb2Jq3h1r9Jx7m2c5s8a4k6u0wEY=');

it('is the one that is given, the same for every data file, and is not kept', async () => {
  const other = await temporaryDataFile();
  const [one, two] = [await mustRun(serverSecret(file, GIVEN)), await mustRun(serverSecret(other.file, GIVEN))];
  await other.remove();
  expect(two).toEqual(one);
  expect(one.length).toBe(32);
  expect(await mustRun(serverSecret(file, null))).not.toEqual(one);
});

it('given the secret of the data file in use, when another is given, then that is noticed once', async () => {
  const [made, given] = [await mustRun(serverSecret(file, null)), await mustRun(serverSecret(file, GIVEN))];
  const noticed = [];
  for (const secret of [made, made, given, given, made]) noticed.push(await mustRun(noteSecretInUse(file, secret)));
  expect(noticed).toEqual([false, false, true, false, true]);
});

it('given a data file that an earlier version used, when a secret is given, then the change is noticed', async () => {
  await mustRun(serverSecret(file, null));
  expect(await mustRun(noteSecretInUse(file, await mustRun(serverSecret(file, GIVEN))))).toBe(true);
});

it('has a fingerprint that tells secrets apart and holds none of their bytes', async () => {
  const [made, given] = [await mustRun(serverSecret(file, null)), await mustRun(serverSecret(file, GIVEN))];
  expect(secretFingerprint(made)).not.toBe(secretFingerprint(given));
  expect(secretFingerprint(given)).toMatch(/^[0-9a-f]{64}$/);
  expect(secretFingerprint(given)).not.toBe(Buffer.from(given).toString('hex'));
});
