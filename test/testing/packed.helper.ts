import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
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

const MEGABYTE = 1_000_000;

/** Bytes of all files below a folder. */
const sizeOf = async (folder: string): Promise<number> => {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(({ parentPath, name }) => stat(join(parentPath, name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
};

/** What a package needs at run time, and what that needs, by the manifests as installed. */
const neededBy = async (folder: string, found = new Set<string>()): Promise<ReadonlySet<string>> => {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (found.has(name)) continue;
    found.add(name);
    await neededBy(join(root, 'node_modules', name), found);
  }
  return found;
};

/** What `npm install` brings: the packages, and their size in megabytes. */
export type Installed = { readonly needs: ReadonlyArray<string>; readonly megabytes: number };

/**
 * A project in `folder` that has the package for tests installed as `npm` would: packed by `npm run pack:testing`,
 * unpacked, beside what its manifest asks for and nothing else but a TypeScript user's own tools.
 */
export const installPacked = async (folder: string): Promise<Installed> => {
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'holdfast-testing');
  await mkdir(own, { recursive: true });
  await must(run(root, 'node', 'deploy/pack-testing.ts', folder));
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  await must(run(folder, 'tar', 'xzf', tarball, '-C', own, '--strip-components=1'));
  const needs = [...(await neededBy(own))];
  for (const name of [...needs, '@types', 'undici-types', 'vitest'])
    await symlink(join(root, 'node_modules', name), join(modules, name));
  await writeFile(join(folder, 'package.json'), '{ "name": "user", "type": "module" }');
  const sizes = await Promise.all([own, ...needs.map((name) => join(root, 'node_modules', name))].map(sizeOf));
  return { needs, megabytes: sizes.reduce((sum, size) => sum + size, 0) / MEGABYTE };
};

/** The program itself in `folder`, as `npm install` of its own tarball would put it there, without what it depends on. */
export const installHoldfast = async (folder: string): Promise<void> => {
  const own = join(folder, 'node_modules', 'holdfast');
  await mkdir(own, { recursive: true });
  await must(run(root, 'npm', 'pack', '--offline', '--ignore-scripts', '--silent', '--pack-destination', folder));
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  await must(run(folder, 'tar', 'xzf', tarball, '-C', own, '--strip-components=1'));
};
