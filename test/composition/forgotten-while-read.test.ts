import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { at } from '../support/http-client.ts';
import { EMAIL, KEY, livesThrough, startWorld, wanted } from './quackenbosch.helper.ts';
import { filesWith } from './traces.helper.ts';

/** A reading that lasts, as that of an audit or a backup beside the server. */
const readsOn = (path: string): (() => void) => {
  const db = new DatabaseSync(path, { readOnly: true });
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  return () => db.close();
};

it('given somebody who reads the files meanwhile, then forgetting waits for them, and leaves nothing', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const data = join(folder.path, 'data');
  const { client, server } = await startWorld({ data, subscribers: [] });
  await livesThrough(client, server.idle);
  const model = (await readdir(data)).find((name) => /^read-model.*sqlite$/.test(name)) ?? '';
  const keys = async () => (await readdir(join(data, 'privacy-keys'))).filter((name) => name.endsWith('.key')).length;
  const before = await keys();
  const closing = [join(data, 'holdfast.sqlite'), join(data, model)].map(readsOn);

  const answer = client.post('/v2/holdfast/privacy/forget', { email: EMAIL, cancel: true }, { key: KEY });
  await expect.poll(keys, { timeout: 15_000 }).toBe(before - 1);
  // Everybody else is answered meanwhile.
  expect((await client.get('/health/live')).status).toBe(200);
  expect(await filesWith(data, wanted)).not.toEqual([]);
  for (const close of closing) close();
  const { status, body } = await answer;
  expect([status, at(body, 'data', 'keys')]).toEqual([200, 1]);
  expect(await filesWith(data, wanted)).toEqual([]);
});
