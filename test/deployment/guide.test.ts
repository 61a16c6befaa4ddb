import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectFolder } from '../support/source-files.ts';
import { type Mapping, mapping } from './compose-file.ts';
import { givenSecrets } from './given-secrets.ts';

const read = (name: string): Promise<string> => readFile(join(projectFolder, name), 'utf8');
const compose = async (): Promise<Mapping> => mapping(parse(await read('docker-compose.yml'), { merge: true }));

/** Options of compose that take the next word with them. */
const WITH_VALUE = ['--env-file', '--profile', '--entrypoint'];
/** After these a word that is no option is a service. */
const OF_A_SERVICE = ['logs', 'restart', 'exec', 'run', 'up', 'stop'];

/** The command and the service of a line that begins with `docker compose`. */
const commandOf = (line: string): { readonly command: string; readonly service: string | null } => {
  const words = line.split(/\s+/).filter((_, at, all) => !WITH_VALUE.includes(all[at - 1] ?? ''));
  const [, , command = '', service = null] = words.filter((word) => !word.startsWith('-'));
  return { command, service };
};

describe('docs/containers.md', () => {
  it('names services that are there in its commands', async () => {
    const services = Object.keys(mapping((await compose()).services));
    const lines = [...(await read('docs/containers.md')).matchAll(/docker compose [^`\n]+/g)].map(([line]) => line);
    const commands = lines.map(commandOf).filter(({ command }) => OF_A_SERVICE.includes(command));
    expect(commands.length).toBeGreaterThan(15);
    const unknown = commands.filter(({ service }) => service !== null && !services.includes(service));
    expect(unknown).toEqual([]);
    expect(commandOf('docker compose --env-file a.env run --rm --entrypoint rm nobody /x').service).toBe('nobody');
  });

  it.each(['deploy/holdfast.yaml', 'deploy/cluster/holdfast.yaml'])(
    'names the keys of the store in %s',
    async (file) => {
      const { store } = mapping(parse(await read(file)));
      const guide = await read('docs/containers.md');
      const { streamPrefix, startWaitInSeconds } = mapping(store);
      expect([streamPrefix, typeof startWaitInSeconds]).toEqual(['holdfast-', 'number']);
      expect(guide).toContain(`\`streamPrefix: ${String(streamPrefix)}\``);
      expect(guide).toContain('`startWaitInSeconds`');
    },
  );

  it('says of every image’s tag where it was seen', async () => {
    const row = /^\| tags of images .*$/m.exec(await read('docs/containers.md'))?.[0] ?? '';
    const images = Object.values(mapping((await compose()).services)).map((service) => String(mapping(service).image));
    const [, base = ''] = /^FROM (\S+)/m.exec(await read('Dockerfile')) ?? [];
    const foreign = [...new Set([...images, base])].filter((image) => !image.startsWith('holdfast:'));
    expect(foreign).toHaveLength(5);
    for (const image of foreign) expect(row).toContain(image.replace(/^docker\.eventstore\.com\/eventstore\//, ''));
  });

  it('makes secrets that are its owner’s alone, and starts the cluster with them', async () => {
    const { envFile, text, started } = await givenSecrets();
    expect(((await stat(envFile)).mode & 0o777).toString(8)).toBe('600');
    expect(text.split('\n')[0]).toBe('COMPOSE_PROFILES=cluster');
    expect(started).toBe('compose --env-file deploy/cluster.env up -d --wait\n');
    const others = (await givenSecrets()).text;
    for (const name of [
      'HOLDFAST_SECRET',
      'HOLDFAST_API_KEY',
      'EVENTSTORE_ADMIN_PASSWORD',
      'EVENTSTORE_OPS_PASSWORD',
    ]) {
      const [line = ''] = new RegExp(`^${name}=[0-9a-f]{48,64}$`, 'm').exec(text) ?? [];
      expect(line).not.toBe('');
      expect(others).not.toContain(line);
    }
  });
});
