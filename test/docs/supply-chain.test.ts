import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../support/source-files.ts';

const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
type Locked = {
  readonly version: string;
  readonly dev?: true;
  readonly hasInstallScript?: true;
  readonly integrity?: string;
};
const locked: ReadonlyArray<readonly [string, Locked]> = Object.entries<Locked>(
  JSON.parse(read('package-lock.json')).packages,
).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

const [, chapter = ''] = /## Supply chain\n([\s\S]*?)\n## /.exec(read('docs/security.md')) ?? [];
const rows = [...chapter.matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm)].map(([, name = '', cells = '']) => ({
  name,
  cells: cells.split('|').map((cell) => cell.trim()),
}));

describe('the supply chain, as docs/security.md tells it', () => {
  it('lists every production dependency and no other, and says of each what it may do', () => {
    const needed = Object.keys(manifest.dependencies);
    expect(rows.map(({ name }) => name).toSorted()).toEqual(needed.toSorted());
    for (const { name, cells } of rows) {
      expect(cells, name).toHaveLength(5);
      expect(
        cells.filter((cell) => cell === ''),
        name,
      ).toEqual([]);
    }
  });

  it('versions are exact, and the lock holds a SHA-512 of each', () => {
    const { dependencies, devDependencies } = manifest;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(locked.filter(([, { integrity }]) => !(integrity ?? '').startsWith('sha512-'))).toEqual([]);
    expect(read('.npmrc')).toContain('save-exact=true');
  });

  it('every install script is decided about, and none in production may run', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripted.length).toBeGreaterThan(0);
    for (const [path, { dev }] of scripted) {
      const allowed = manifest.allowScripts[nameOf(path)];
      expect(typeof allowed, path).toBe('boolean');
      if (dev !== true) expect(allowed, path).toBe(false);
    }
    expect(Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name] === true)).toEqual(['node']);
    const installs = read('Dockerfile').match(/^RUN npm ci.*$/gm) ?? [];
    expect(installs.filter((line) => !line.includes('--ignore-scripts'))).toEqual([]);
    expect(installs).toHaveLength(1);
  });

  it('no production package is native, nor builds anything', () => {
    const production = locked.filter(([, { dev }]) => dev !== true).map(([path]) => path);
    expect(production.length).toBeGreaterThan(100);
    const isNative = (path: string): boolean =>
      existsSync(join(projectFolder, path, 'binding.gyp')) ||
      readdirSync(join(projectFolder, path), { recursive: true, encoding: 'utf8' }).some((file) =>
        file.endsWith('.node'),
      );
    expect(production.filter((path) => existsSync(join(projectFolder, path)) && isNative(path))).toEqual([]);
  });
});
