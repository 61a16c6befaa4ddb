import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSubjectKeys, readSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { keysIn } from '../../../src/cli/local/enclosed-keys.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';

it.each([1, 4, 7])(
  'given keys wrapped anew when a backup has read %d of 7 files, then it can read all',
  async (count) => {
    const [folder, copy] = [await temporaryFolder(), await temporaryFolder()];
    onTestFinished(async () => {
      await folder.remove();
      await copy.remove();
    });
    const keys = must(await openSubjectKeys(folder.path));
    const sealed = Array.from({ length: 6 }, (_, index) => {
      const key = keys.keyFor(`guest${index}@example.com`);
      return { key, text: keys.seal(key, 'test', `guest ${index}`) };
    });
    await keys.saved();
    let read = 0;
    const enclosed = await keysIn(folder.path, async (path) => {
      const content = await readFile(path);
      read += 1;
      if (read === count) await keys.rotate();
      return content;
    });
    for (const [name, content] of enclosed) await writeFile(join(copy.path, basename(name)), content);
    const restored = must(readSubjectKeys(copy.path));
    const opened = sealed.map(({ key, text }) => restored.open(key, 'test', text));
    expect(opened).toEqual(sealed.map((_, index) => `guest ${index}`));
  },
);
