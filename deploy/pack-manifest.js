import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The manifest of the package that `npm pack` makes: there `googleapis` is an optional peer, which nobody gets who does not
 * ask for it; in a checkout it is installed, so that `npm ci` is enough for every calendar. npm calls `prepack` before
 * and `postpack` after. JavaScript, so that any Node can run it. See docs/adr/0083.
 */
const manifest = resolve(import.meta.dirname, '../package.json');
const kept = `${manifest}.checkout`;

const restore = () => {
  if (existsSync(kept)) renameSync(kept, manifest);
};

/** An earlier pack that was interrupted has left the checkout's manifest aside. */
restore();
if (process.argv[2] === 'prepack') {
  copyFileSync(manifest, kept);
  const { dependencies, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
  const { googleapis, ...needed } = dependencies;
  const packed = {
    ...rest,
    dependencies: needed,
    peerDependencies: { googleapis },
    peerDependenciesMeta: { googleapis: { optional: true } },
  };
  writeFileSync(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}
