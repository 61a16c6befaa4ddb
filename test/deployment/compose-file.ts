import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { Command } from '../support/install/commands.ts';
import { projectFolder } from '../support/source-files.ts';
import { isObject } from '../../src/domain/unknown.ts';

const run = promisify(execFile);

/** A mapping of names; lists and single words are not asked for in places where there are several ways to write them. */
export type Mapping = { readonly [name: string]: unknown };

/** A service as compose resolves it: anchors merged, variables put in. Its values are as the file's format has them. */
export type Service = Mapping;

export type Resolved = {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Mapping;
  readonly volumes: Mapping;
};

export const mapping = (value: unknown): Mapping => (isObject(value) ? value : {});
export const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : []);

/** What compose reads from its surroundings is kept out, so that a test means the same everywhere. */
const surroundings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HOLDFAST|EVENTSTORE|COMPOSE|DOCKER)_/.test(name)),
  );

export type Asked = {
  /** As `--env-file`. */
  readonly envFile?: string;
  readonly folder?: string;
};

const PROFILES = ['default', 'cluster'];

/** `docker compose config` for all profiles: checks the file by compose's own schema, and answers it as it counts. */
export const resolveWith =
  ({ words: [command, ...words], env }: Command) =>
  async ({ envFile, folder = projectFolder }: Asked = {}): Promise<Resolved> => {
    const args = [
      ...words,
      ...['-f', join(folder, 'docker-compose.yml')],
      ...(envFile === undefined ? [] : ['--env-file', envFile]),
      ...PROFILES.flatMap((profile) => ['--profile', profile]),
      'config',
    ];
    const { stdout } = await run(command, args, { cwd: folder, env: { ...surroundings(), ...env } });
    const { services, networks, volumes } = mapping(parse(stdout));
    const known = Object.entries(mapping(services)).map(([name, service]) => [name, mapping(service)] as const);
    return { services: Object.fromEntries(known), networks: mapping(networks), volumes: mapping(volumes) };
  };

/** The services that start with a profile. */
export const servicesOf = ({ services }: Resolved, profile: string): Readonly<Record<string, Service>> =>
  Object.fromEntries(
    Object.entries(services).filter(
      ([, { profiles }]) => list(profiles).includes(profile) || list(profiles).length === 0,
    ),
  );

/** Ports as they are published: `127.0.0.1:3000:3000`, in the short form (1.29) and the long one. */
export const portsOf = (service: Service): ReadonlyArray<string> =>
  list(service.ports).map((port) => {
    if (typeof port === 'string') return port.replace(/\/tcp$/, '');
    const { host_ip: ip = '', published = '', target = '' } = mapping(port);
    return [...(ip === '' ? [] : [ip]), published, target].join(':');
  });

export type Mount = { readonly source: string; readonly target: string; readonly readOnly: boolean };

/** Volumes and bind mounts, in the short form and the long one. */
export const mountsOf = (service: Service): ReadonlyArray<Mount> =>
  list(service.volumes).map((volume) => {
    if (typeof volume === 'string') {
      const [source = '', target = '', mode = ''] = volume.split(':');
      return { source, target, readOnly: mode === 'ro' };
    }
    const { source, target, read_only: readOnly } = mapping(volume);
    return { source: String(source), target: String(target), readOnly: readOnly === true };
  });

export const environmentOf = (service: Service): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(mapping(service.environment)).map(([name, value]) => [name, String(value ?? '')]));
