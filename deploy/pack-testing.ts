import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Packs `holdfast-testing-<version>.tgz` into the folder that is named, or this one: the words for tests of the saga
 * (docs/saga-tests.md) as a package of its own. It holds the domain and the words, and needs fp-ts and io-ts alone: no
 * server, no calendar client. `node deploy/pack-testing.ts [folder]`
 */
const root = resolve(import.meta.dirname, '..');
const contents = ['bin/testing.js', 'src/testing', 'src/domain', 'src/adapters/threads/strip-types.js', 'LICENSE'];

type Manifest = { readonly version: string; readonly license: string; readonly dependencies: Record<string, string> };

const manifestOf = ({ version, license, dependencies }: Manifest): object => ({
  name: 'holdfast-testing',
  version,
  license,
  description: 'Sequences of events to test what the saga of Holdfast, a booking engine, makes of them.',
  type: 'module',
  engines: { node: '>=26' },
  exports: {
    '.': { types: './src/testing/index.ts', default: './bin/testing.js' },
    './package.json': './package.json',
  },
  dependencies: { 'fp-ts': dependencies['fp-ts'], 'io-ts': dependencies['io-ts'] },
});

const staging = mkdtempSync(join(tmpdir(), 'holdfast-testing-'));
try {
  for (const path of contents) cpSync(join(root, path), join(staging, path), { recursive: true });
  cpSync(join(root, 'docs/saga-tests.md'), join(staging, 'README.md'));
  const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify(manifestOf(manifest), null, 2)}\n`);
  const into = resolve(process.argv[2] ?? '.');
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', into], {
    cwd: staging,
    stdio: 'inherit',
  });
} finally {
  rmSync(staging, { recursive: true });
}
