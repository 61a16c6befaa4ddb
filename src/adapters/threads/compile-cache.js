import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Stripped and compiled modules: a start with them takes half the time. Not in /tmp, where others could write them. */
const FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/holdfast', import.meta.url));

/** For this thread: others of the process neither use it by that nor write to it. A folder that cannot be written is no fault. */
export const keepCompiled = () => enableCompileCache(FOLDER);

/** Writes what was compiled since; a thread that is terminated would write nothing. */
export const writeCompiled = () => flushCompileCache();
