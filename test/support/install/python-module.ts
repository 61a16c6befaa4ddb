import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Debian's packages are seen by Debian's Python only, not by another one that may come first in PATH. */
export const PYTHON = '/usr/bin/python3';
export const TOOLS_FOLDER = fileURLToPath(new URL('../../../.tools/', import.meta.url));

const SYSTEM_PACKAGES = '/usr/lib/python3/dist-packages';
export const LOCAL_PACKAGES = join(TOOLS_FOLDER, 'root', SYSTEM_PACKAGES);

export type PythonModule = 'radicale' | 'xandikos';

/** The environment in which `python3 -m module` runs; null where it is neither installed nor unpacked. */
export const environmentFor = (module: PythonModule): NodeJS.ProcessEnv | null => {
  if (!existsSync(PYTHON)) return null;
  if (existsSync(join(SYSTEM_PACKAGES, module))) return process.env;
  return existsSync(join(LOCAL_PACKAGES, module)) ? { ...process.env, PYTHONPATH: LOCAL_PACKAGES } : null;
};
