import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LOCAL_PACKAGES, TOOLS_FOLDER } from './python-module.ts';

/** A program as it is started here: before further arguments, with what else it needs in its environment. */
export type Command = {
  readonly words: readonly [string, ...ReadonlyArray<string>];
  readonly env: Readonly<Record<string, string>>;
};

const LOCAL_FOLDER = join(TOOLS_FOLDER, 'root/usr/bin');

const inPath = (name: string): string | null =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? null;

const unpacked = (name: string): string | null => {
  const path = join(LOCAL_FOLDER, name);
  return existsSync(path) ? path : null;
};

/** `docker compose` where the plugin is there, else Debian's docker-compose; null where there is neither. */
export const findCompose = (): Command | null => {
  if (spawnSync('docker', ['compose', 'version']).status === 0) return { words: ['docker', 'compose'], env: {} };
  const installed = inPath('docker-compose');
  if (installed !== null) return { words: [installed], env: {} };
  const local = unpacked('docker-compose');
  // In Debian 12 it is a Python script, and looks for its modules.
  return local === null ? null : { words: [local], env: { PYTHONPATH: LOCAL_PACKAGES } };
};

/** The proxy of the cluster; null where it is not there. */
export const findCaddy = (): Command | null => {
  const path = inPath('caddy') ?? unpacked('caddy');
  return path === null ? null : { words: [path], env: {} };
};

/** OpenSSL's program; null where it is not there. */
export const findOpenssl = (): Command | null => {
  const path = inPath('openssl') ?? unpacked('openssl');
  return path === null ? null : { words: [path], env: {} };
};
