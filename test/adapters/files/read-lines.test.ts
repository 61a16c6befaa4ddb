import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLines } from '../../../src/adapters/files/read-lines.ts';
import { temporaryFolder } from '../../support/data-file.ts';

it('given line ends, separators within lines, and lines longer than a chunk, then \\n alone ends a line', async () => {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'lines');
  const long = 'ø'.repeat(150_000);
  const lines = ['a\u2028b\u2029c\u0085d', '', 'x\ry', long, 'last'];
  const read = async (text: string): Promise<ReadonlyArray<string>> => {
    await writeFile(path, text);
    return Array.fromAsync(readLines(path));
  };
  expect(await read(lines.join('\n'))).toEqual(lines);
  expect(await read(`${lines.join('\n')}\n`)).toEqual(lines);
  expect(await read(`${lines.join('\r\n')}\r\n`)).toEqual(lines);
  expect(await read('')).toEqual([]);
  await expect(Array.fromAsync(readLines(join(folder.path, 'none')))).rejects.toThrow('ENOENT');
  await folder.remove();
});
