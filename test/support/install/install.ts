/**
 * Gets from Debian what tests run against: two real CalDAV servers, docker-compose and OpenSSL, as root into the system, else unpacked
 * into `.tools/`. Run by `npm test`. Where they cannot be had the tests that need them are skipped, but not in CI. Chromium, for
 * the pages, is 80 MB to fetch, and Caddy, the cluster's proxy, 9 MB: they are got in CI alone, and used wherever they are
 * there already.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from '../browser/find-chromium.ts';
import { findCaddy, findCompose, findOpenssl } from './commands.ts';
import { environmentFor, TOOLS_FOLDER } from './python-module.ts';
import { messageOf } from '../../../src/domain/unknown.ts';

/** Debian's packages, and whether what they bring is here. */
const NEEDED = [
  { name: 'radicale', isHere: () => environmentFor('radicale') !== null },
  { name: 'xandikos', isHere: () => environmentFor('xandikos') !== null },
  { name: 'docker-compose', isHere: () => findCompose() !== null },
  { name: 'openssl', isHere: () => findOpenssl() !== null },
];
const TIME_LIMIT_MS = 300_000;

const say = (text: string): void => console.log(`install: ${text}`);
const missing = (): ReadonlyArray<string> => NEEDED.filter(({ isHere }) => !isHere()).map(({ name }) => name);

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

const installInSystem = (packages: ReadonlyArray<string>): void => {
  say(`apt-get install ${packages.join(' ')} (real counterparts that the tests run against)`);
  withLists((args) => run('apt-get', args), [...INSTALL, ...packages]);
};

/** Apt with lists and cache of its own picks and downloads, dpkg only unpacks. */
const unpackLocally = (packages: ReadonlyArray<string>, withTheirNeeds: boolean): void => {
  const lists = join(TOOLS_FOLDER, 'apt/lists');
  const cache = join(TOOLS_FOLDER, 'apt/cache');
  const debs = join(TOOLS_FOLDER, 'debs');
  for (const folder of [join(lists, 'partial'), join(cache, 'archives/partial'), debs]) {
    mkdirSync(folder, { recursive: true });
  }
  say(`unpacking ${packages.join(' ')} into .tools/`);
  const own = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'Debug::NoLocking=1'];
  const apt = (args: ReadonlyArray<string>): string => run('apt-get', [...own, ...args], debs);
  const plan = withLists(apt, ['--simulate', ...INSTALL, ...packages]);
  const planned = [...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? []);
  apt(['download', ...(withTheirNeeds ? planned : packages)]);
  for (const file of readdirSync(debs).filter((name) => name.endsWith('.deb'))) {
    run('dpkg', ['-x', join(debs, file), join(TOOLS_FOLDER, 'root')]);
  }
};

const inCi = process.env.CI === 'true';
const isRoot = process.getuid?.() === 0;

try {
  const needed = missing();
  const packages = [...needed, ...(inCi && findChromium() === null ? ['chromium'] : [])];
  if (isRoot && packages.length > 0) installInSystem(packages);
  else if (needed.length > 0) unpackLocally(needed, true);
  // Never installed: its package starts a web server. The program needs nothing else.
  if (inCi && findCaddy() === null) unpackLocally(['caddy'], false);
} catch (error) {
  say(`failed: ${messageOf(error)}`);
}
if (missing().length === 0) {
  say(`${NEEDED.map(({ name }) => name).join(', ')}: here`);
} else {
  say(`${missing().join(' and ')} cannot be had here: their tests are skipped`);
  if (inCi) process.exitCode = 1;
}
for (const [name, found] of Object.entries({ Chromium: findChromium(), Caddy: findCaddy() })) {
  if (found !== null) continue;
  say(`there is no ${name} here: tests that need it are skipped`);
  if (inCi) process.exitCode = 1;
}
