import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { exportLog } from '../../src/cli/audit/export-commands.ts';
import { importStore } from '../../src/cli/copy/import-command.ts';
import { startServer } from '../../src/composition/server.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { at, httpClient } from '../support/http-client.ts';
import { mustRun } from '../support/must.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { HOUSE_KEY, settingsFor } from '../support/scenario-configuration.ts';

const key = { key: HOUSE_KEY };
const quiet = { report: () => undefined, http: () => undefined, info: () => undefined };

it('given a log that was imported without its keys, then new ones are told in it from the first one on', async () => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  /** Ids of the keys that a server makes in a folder, and of all that the log tells of then. */
  const made = async (folder: string, names: ReadonlyArray<string>) => {
    const server = await mustRun(startServer(settingsFor({}, join(path, folder), 'http://127.0.0.1:9/hook'), quiet));
    const client = httpClient(server.url);
    const ids: unknown[] = [];
    for (const name of names)
      ids.push(at((await client.post('/v2/holdfast/keys', { name, roles: ['audit'] }, key)).body, 'data', 'id'));
    expect((await client.delete(`/v2/holdfast/keys/${String(ids[0])}`, key)).status).toBe(200);
    await server.idle();
    const changes = at((await client.get('/v2/holdfast/audit/changes', key)).body, 'data', 'changes');
    const findings = at((await client.get('/v2/holdfast/audit/verify', key)).body, 'data', 'findings');
    await server.stop();
    expect(findings).toEqual([]);
    const keyChanges = (Array.isArray(changes) ? changes : []).filter(({ type }) => String(type).startsWith('ApiKey'));
    return { ids, told: keyChanges.map((change) => [at(change, 'type'), at(change, 'data', 'keyId')]) };
  };
  const of = (ids: ReadonlyArray<unknown>) => [...ids.map((id) => ['ApiKeyMade', id]), ['ApiKeyEnded', ids[0]]];

  const old = await made('old', ['a', 'b']);
  expect(old.told).toEqual(of(old.ids));
  const context = { terminal: recordingTerminal(), env: { HOLDFAST_DATA: join(path, 'old') }, end: () => undefined };
  const file = join(path, 'log.ndjson');
  expect(await exportLog(context, { format: 'ndjson', output: file })).toBe(0);
  expect(await importStore({ ...context, env: {} }, file, { toData: join(path, 'new') })).toBe(0);
  const moved = await made('new', ['c']);
  expect(moved.told).toEqual([...of(old.ids), ...of(moved.ids)]);
});
