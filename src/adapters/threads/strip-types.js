import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';

/** This package's own sources, wherever the package lies. */
const sources = ['../../../src/', '../../../demo/'].map((folder) => new URL(folder, import.meta.url).href);

/** Files of this package are stripped here, all others as Node does it. */
const load = (url, context, nextLoad) =>
  url.endsWith('.ts') && sources.some((folder) => url.startsWith(folder))
    ? { format: 'module', shortCircuit: true, source: stripTypeScriptTypes(readFileSync(new URL(url), 'utf8')) }
    : nextLoad(url, context);

// Node strips the types of no file under node_modules (ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING), where this package
// lies once it is installed. Anywhere else Node does it by itself.
if (import.meta.url.includes('/node_modules/')) {
  registerHooks({ load });
  // Nobody who runs an installed package can do anything about this one.
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).startsWith('stripTypeScriptTypes is')) emitWarning(warning, ...rest);
  };
}
