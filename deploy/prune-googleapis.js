import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Leaves of the package `googleapis` what Holdfast loads of it: the calendar's part, which needs `googleapis-common` and
 * nothing else of the package. The other APIs are 240 MB. `node deploy/prune-googleapis.js [node_modules]`. Again changes
 * nothing; where there is no such part, the package is left as it is, with exit code 1.
 */
const nodeModules = resolve(process.argv[2] ?? 'node_modules');
const source = join(nodeModules, 'googleapis', 'build', 'src');
const KEPT = 'calendar';

const bytesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const isThere = (path) => statSync(path, { throwIfNoEntry: false }) !== undefined;

if (isThere(join(source, 'apis', KEPT, 'index.js'))) {
  const before = bytesIn(source);
  // What would load all of them: without them it could not be loaded anyway.
  for (const name of readdirSync(source)) if (name !== 'apis') rmSync(join(source, name), { recursive: true });
  for (const name of readdirSync(join(source, 'apis')))
    if (name !== KEPT) rmSync(join(source, 'apis', name), { recursive: true });
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  console.log(`googleapis: ${megabytes(before)} MB before, ${megabytes(bytesIn(source))} MB after`);
} else {
  console.error(`${source} has no apis/${KEPT}: nothing was removed`);
  process.exitCode = 1;
}
