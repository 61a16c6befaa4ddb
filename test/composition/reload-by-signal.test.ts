import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startHoldfast } from '../support/command-line.ts';
import { aHost, anEventType } from '../support/configuration/files.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { httpClient } from '../support/http-client.ts';
import { until } from '../support/scenario-world.ts';

it('given SIGHUP, then the file as it is now counts; one with errors leaves the old one', async () => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const file = join(path, 'holdfast.json');
  const write = (slug: string) =>
    writeFile(file, JSON.stringify({ hosts: [aHost({ eventTypes: [anEventType({ slug })] })] }));
  await write('first');
  const server = startHoldfast(['serve'], { HOLDFAST_DATA: join(path, 'data'), HOLDFAST_CONFIG: file, PORT: '0' });
  const [, url = ''] = await server.says(/^listening on (\S+)/m);
  const types = async () => (await httpClient(url).get('/v2/event-types?username=odd')).text;
  expect(await types()).toContain('first');
  await write('second');
  server.child.kill('SIGHUP');
  await until('the new file counts', async () => (await types()).includes('second'));
  const refused = new Promise<string>((resolve) => {
    server.child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('refused')) resolve(chunk.toString('utf8'));
    });
  });
  await writeFile(file, '{"hosts": []}');
  server.child.kill('SIGHUP');
  expect(await refused).toContain('the old configuration stays: hosts');
  expect(await types()).toContain('second');
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
});
