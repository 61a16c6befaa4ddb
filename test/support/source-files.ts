import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

export type SourceFile = { readonly path: string; readonly text: string };

/** TypeScript files below a folder of the project; paths from the project's folder. */
export const sourceFiles = (folder: string): ReadonlyArray<SourceFile> =>
  readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(projectFolder, path), text: readFileSync(path, 'utf8') }));

/** What a file imports: packages by name, own files by their path from the project's folder. Type imports count. */
export const importsOf = ({ path, text }: SourceFile): ReadonlyArray<string> =>
  [...text.matchAll(/^(?:import|export)\b[^;']*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)]
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
    .map((specifier) => (specifier.startsWith('.') ? join(dirname(path), specifier) : specifier));
