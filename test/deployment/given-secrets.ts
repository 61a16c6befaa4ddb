import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { findOpenssl } from '../support/install/commands.ts';
import { projectFolder } from '../support/source-files.ts';

const run = promisify(execFile);

/** The secrets of a cluster, made as the guide says: its own lines are run, with a `docker` that only notes how it was called. */
export const givenSecrets = async () => {
  const guide = await readFile(join(projectFolder, 'docs/containers.md'), 'utf8');
  const block = [...guide.matchAll(/^```sh\n([^]*?)^```/gm)]
    .map(([, lines = '']) => lines)
    .find((lines) => lines.includes('umask'));
  if (block === undefined) throw new Error('the guide makes no secrets');
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  await Promise.all(['bin', 'deploy'].map((name) => mkdir(join(path, name))));
  await writeFile(join(path, 'bin/docker'), '#!/bin/sh\necho "$@" >> docker.log\n');
  await chmod(join(path, 'bin/docker'), 0o755);
  const openssl = findOpenssl()?.words[0];
  const folders = [join(path, 'bin'), ...(openssl === undefined ? [] : [dirname(openssl)]), process.env.PATH];
  await run('sh', ['-ec', block], { cwd: path, env: { ...process.env, PATH: folders.join(delimiter) } });
  const envFile = join(path, 'deploy/cluster.env');
  const started = await readFile(join(path, 'docker.log'), 'utf8');
  const text = await readFile(envFile, 'utf8');
  const values: Readonly<Record<string, string>> = Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split('=')),
  );
  return { envFile, text, values, started };
};
