import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GOOGLE_LIBRARY } from '../../src/adapters/calendars/google/google-client.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { projectFolder } from '../support/source-files.ts';
import { run } from '../testing/packed.helper.ts';

const given = async (): Promise<string> => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  return path;
};
const inProject = (path: string): string => join(projectFolder, path);
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

describe('what an installation brings', () => {
  it('given Google’s library, when it is pruned, then the calendar’s part is left, and loads', async () => {
    const folder = await given();
    const modules = join(folder, 'node_modules');
    const library = join(modules, 'googleapis');
    const source = 'build/src';
    for (const part of ['package.json', `${source}/index.js`, `${source}/googleapis.js`])
      cpSync(inProject(`node_modules/googleapis/${part}`), join(library, part));
    for (const api of ['calendar', 'drive', 'gmail'])
      cpSync(inProject(`node_modules/googleapis/${source}/apis/${api}`), join(library, source, 'apis', api), {
        recursive: true,
      });
    // What it needs lies beside it, as npm puts it.
    symlinkSync(inProject('node_modules/googleapis-common'), join(modules, 'googleapis-common'));
    const prune = () => run(projectFolder, 'node', 'deploy/prune-googleapis.js', modules);
    for (let time = 1; time <= 2; time += 1) expect((await prune()).ok).toBe(true);
    expect(readdirSync(join(library, source))).toEqual(['apis']);
    expect(readdirSync(join(library, source, 'apis'))).toEqual(['calendar']);
    const load =
      "console.log(typeof new (require('googleapis/build/src/apis/calendar').calendar_v3.Calendar)({}).events.insert)";
    expect(await run(folder, 'node', '-e', load)).toEqual({ ok: true, output: 'function\n' });
  });

  it('given another library, or none, when it is pruned, then nothing is removed', async () => {
    const folder = await given();
    cpSync(inProject('node_modules/googleapis/package.json'), join(folder, 'googleapis/build/src/apis/drive/index.js'));
    const pruned = await run(projectFolder, 'node', 'deploy/prune-googleapis.js', folder);
    expect([pruned.ok, pruned.output]).toEqual([false, expect.stringContaining('nothing was removed')]);
    expect(existsSync(join(folder, 'googleapis/build/src/apis/drive'))).toBe(true);
  });

  it('given the package, then who has such a calendar is asked for Google’s library, in words', async () => {
    const folder = await given();
    const checkout = join(folder, 'checkout');
    for (const part of ['package.json', 'bin', 'src', 'deploy'])
      cpSync(inProject(part), join(checkout, part), { recursive: true });
    const manifest = readFileSync(join(checkout, 'package.json'), 'utf8');
    // As an interrupted pack leaves it.
    writeFileSync(join(checkout, 'package.json.checkout'), manifest);
    writeFileSync(join(checkout, 'package.json'), '{}');
    expect((await run(checkout, 'node', 'deploy/pack-manifest.js', 'postpack')).ok).toBe(true);
    const packed = await run(checkout, 'npm', 'pack', '--offline', '--silent', '--pack-destination', folder);
    expect(packed.ok, packed.output).toBe(true);
    expect(readFileSync(join(checkout, 'package.json'), 'utf8')).toBe(manifest);

    const own = join(folder, 'node_modules/holdfast');
    mkdirSync(own, { recursive: true });
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    await run(folder, 'tar', 'xzf', tarball, '-C', own, '--strip-components=1');
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = read(
      join(own, 'package.json'),
    );
    expect(optionalDependencies).toBeUndefined();
    expect(Object.entries(peerDependencies).map(([name, version]) => `${name}@${version}`)).toEqual([GOOGLE_LIBRARY]);
    expect(peerDependenciesMeta).toEqual({ googleapis: { optional: true } });
    expect(Object.keys(dependencies)).not.toContain('googleapis');

    for (const name of Object.keys(dependencies)) {
      const [scope = '', inScope] = name.split('/');
      if (inScope !== undefined) mkdirSync(join(folder, 'node_modules', scope), { recursive: true });
      symlinkSync(inProject(`node_modules/${name}`), join(folder, 'node_modules', name));
    }
    const credentials = { type: 'oauth', clientId: 'id', clientSecret: { env: 'S' }, refreshToken: { env: 'S' } };
    const host = { id: 'odd', number: 1, username: 'odd', name: 'Odd', email: 'odd@example.org', timeZone: 'UTC' };
    const eventTypes = [{ id: 1, slug: 'intro', title: 'Intro', lengthInMinutes: 30 }];
    const check = async (calendars: ReadonlyArray<object>) => {
      const file = join(folder, 'holdfast.yaml');
      writeFileSync(file, JSON.stringify({ hosts: [{ ...host, calendars: ['c'], eventTypes }], calendars }));
      const env = ['HOLDFAST_CONFIG=' + file, 'S=secret-secret-secret'];
      return run(folder, 'env', ...env, 'node', 'node_modules/holdfast/bin/holdfast.js', 'config', 'check');
    };
    expect(await check([{ id: 'c', label: 'C', type: 'local' }])).toMatchObject({ ok: true });
    const lacking = await check([{ id: 'c', label: 'C', type: 'google', credentials }]);
    expect(lacking.output).toContain(`needs the package ${GOOGLE_LIBRARY}, which is not installed`);
    expect(lacking.ok).toBe(false);
  });

  it('in a checkout it is there without a word more', () => {
    // Not an optional one: npm leaves those out on a Node that is older than they ask for, and our own Node is newer.
    const { dependencies, optionalDependencies } = read(inProject('package.json'));
    expect(`googleapis@${dependencies.googleapis}`).toBe(GOOGLE_LIBRARY);
    expect(optionalDependencies).toBeUndefined();
  });
});
