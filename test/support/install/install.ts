/**
 * Gets the two real CalDAV servers that tests run against, from Debian: as root into the system, else unpacked into
 * `.tools/`. Run by `npm test`. Where neither can be had the tests that need them are skipped, but not in CI.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor, type PythonModule, TOOLS_FOLDER } from './python-module.ts';

const MODULES: ReadonlyArray<PythonModule> = ['radicale', 'xandikos'];
const TIME_LIMIT_MS = 300_000;

const say = (text: string): void => console.log(`install: ${text}`);
const missing = (): ReadonlyArray<PythonModule> => MODULES.filter((module) => environmentFor(module) === null);

const run = (command: string, args: ReadonlyArray<string>, cwd?: string): string => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const done = spawnSync(command, args, { encoding: 'utf8', env, timeout: TIME_LIMIT_MS, ...(cwd ? { cwd } : {}) });
  if (done.status === 0) return done.stdout;
  const said = done.error?.message ?? done.stderr.trim().split('\n').slice(-3).join(' | ');
  throw new Error(`${command} ${args.join(' ')}: ${said}`);
};

const INSTALL = ['install', '-y', '--no-install-recommends'];

/** Runs apt with the package lists as they are, and once more with fresh ones where that fails. */
const withLists = (apt: (args: ReadonlyArray<string>) => string, args: ReadonlyArray<string>): string => {
  try {
    return apt(args);
  } catch {
    say('the package lists are missing or old: apt-get update');
    apt(['update']);
    return apt(args);
  }
};

const installInSystem = (modules: ReadonlyArray<PythonModule>): void => {
  say(`apt-get install ${modules.join(' ')} (the CalDAV servers that the tests run against)`);
  withLists((args) => run('apt-get', args), [...INSTALL, ...modules]);
};

/** Without root: apt with lists and cache of its own picks and downloads, dpkg only unpacks. */
const unpackLocally = (modules: ReadonlyArray<PythonModule>): void => {
  const lists = join(TOOLS_FOLDER, 'apt/lists');
  const cache = join(TOOLS_FOLDER, 'apt/cache');
  const debs = join(TOOLS_FOLDER, 'debs');
  for (const folder of [join(lists, 'partial'), join(cache, 'archives/partial'), debs]) {
    mkdirSync(folder, { recursive: true });
  }
  say(`not root: unpacking ${modules.join(' ')} and what they need into .tools/`);
  const own = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'Debug::NoLocking=1'];
  const apt = (args: ReadonlyArray<string>): string => run('apt-get', [...own, ...args], debs);
  const plan = withLists(apt, ['--simulate', ...INSTALL, ...modules]);
  apt(['download', ...[...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? [])]);
  for (const file of readdirSync(debs).filter((name) => name.endsWith('.deb'))) {
    run('dpkg', ['-x', join(debs, file), join(TOOLS_FOLDER, 'root')]);
  }
};

const install = (modules: ReadonlyArray<PythonModule>): void => {
  if (process.getuid?.() === 0) installInSystem(modules);
  else unpackLocally(modules);
};

const wanted = missing();
try {
  if (wanted.length > 0) install(wanted);
} catch (error) {
  say(`failed: ${error instanceof Error ? error.message : String(error)}`);
}
if (missing().length === 0) {
  say('radicale and xandikos are here');
} else {
  say(`${missing().join(' and ')} cannot be had here: their tests are skipped`);
  if (process.env.CI === 'true') process.exitCode = 1;
}
