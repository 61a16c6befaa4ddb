import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const binaries = join(root, 'node_modules', '.bin');

export type Ran = { readonly ok: boolean; readonly output: string };

/** Runs a program of this project's `node_modules` and waits for its end. */
export const run = async (folder: string, program: string, ...args: ReadonlyArray<string>): Promise<Ran> => {
  // Without NODE_TEST_CONTEXT, which would make an inner node:test report to an outer one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const options = { cwd: folder, env: { ...env, PATH: `${binaries}:${env.PATH ?? ''}`, NO_COLOR: '1' } };
  return promisify(execFile)(program, [...args], options).then(
    ({ stdout, stderr }) => ({ ok: true, output: stdout + stderr }),
    (error: { readonly stdout?: string; readonly stderr?: string }) => ({
      ok: false,
      output: `${error.stdout ?? ''}${error.stderr ?? ''}${String(error)}`,
    }),
  );
};

const must = async (ran: Promise<Ran>): Promise<void> => {
  const { ok, output } = await ran;
  if (!ok) throw new Error(output);
};

/** A project in `folder` that has this package installed as `npm` would: packed, unpacked, beside its dependencies. */
export const installPacked = async (folder: string): Promise<void> => {
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'holdfast');
  await mkdir(own, { recursive: true });
  await must(run(root, 'npm', 'pack', '--offline', '--ignore-scripts', '--silent', '--pack-destination', folder));
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  await must(run(folder, 'tar', 'xzf', tarball, '-C', own, '--strip-components=1'));
  for (const name of ['fp-ts', 'io-ts', '@types', 'undici-types', 'vitest'])
    await symlink(join(root, 'node_modules', name), join(modules, name));
  await writeFile(join(folder, 'package.json'), '{ "name": "user", "type": "module" }');
};
