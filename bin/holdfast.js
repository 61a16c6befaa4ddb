#!/usr/bin/env node
// Plain JavaScript that also old versions of Node can read: it only finds a Node that can run the rest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Temporal, node:sqlite and type stripping are there from this major version on. */
const MIN_NODE = 26;
/** The package `node` from npm, in the project's own folder or beside the package where it is installed. */
const NODES = ['../node_modules/.bin/node', '../../.bin/node'];
/** Says that the project's Node was tried, so that an old one there does not start itself for ever. */
const TRIED = 'HOLDFAST_NODE_TRIED';
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const isNewEnough = Number.parseInt(process.versions.node, 10) >= MIN_NODE;

/** Whoever starts this program with a channel (the launcher below, the demo) is not outlived, however it dies. */
const endWithParent = () => {
  if (process.channel === undefined) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
};

/** Resolves when what was written so far has left, or its reader has. */
const written = (stream) => new Promise((resolve) => stream.write('', () => resolve()));

/** A reader that leaves (`holdfast serve | head`) is no fault of ours: what it does not read is dropped. */
const dropUnread = (error) => {
  if (error.code !== 'EPIPE') throw error;
};

const run = async () => {
  endWithParent();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', dropUnread);
  const { keepCompiled } = await import('../src/adapters/threads/compile-cache.js');
  keepCompiled();
  // Node strips no types below node_modules, where an installed package lies.
  if (import.meta.url.includes('/node_modules/')) await import('../src/adapters/threads/strip-types.js');
  const { main } = await import('../src/cli.ts');
  const code = await main(process.argv.slice(2), async () => (await import('../demo/run-demo.ts')).runDemo);
  await Promise.all([process.stdout, process.stderr].map(written));
  // Whatever still waits for somebody (a connection, a name) has nothing left to say.
  process.exit(code);
};

/** Passes signals down, and the way the child ended up. */
const runWith = (node) => {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [TRIED]: '1' },
  });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`holdfast: ${node} cannot be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
};

const node = process.env[TRIED] === '1' ? undefined : NODES.map(pathOf).find(existsSync);
if (isNewEnough) await run();
else if (node !== undefined) runWith(node);
else {
  console.error(
    `holdfast: needs Node ${MIN_NODE} or newer, and this is ${process.version}. Run "npm ci" in the project's folder, which brings one along, or install it.`,
  );
  process.exitCode = 1;
}
