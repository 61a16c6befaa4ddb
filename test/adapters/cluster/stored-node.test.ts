import { afterEach, beforeEach, expect, it } from 'vitest';
import { storedNode } from '../../../src/adapters/cluster/node.ts';
import type { DataFile } from '../../../src/adapters/sqlite/data-file.ts';
import { mustOpen, temporaryDataFile } from '../../support/data-file.ts';
import { mustRun } from '../../support/must.ts';

let file: DataFile;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ file, remove } = await temporaryDataFile());
});
afterEach(() => remove());

it('given no name, when started twice, then it has the name and the id that were made first', async () => {
  const node = await mustRun(storedNode(file, null));
  expect(node.name).toMatch(/^node-[0-9a-z]{6}$/);
  expect(node.folder).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  await file.close();
  const reopened = mustOpen(file.path);
  expect(await mustRun(storedNode(reopened, null))).toEqual(node);
  await reopened.close();
});

it('given a name, when started, then it counts for this start, and the id is that of the folder', async () => {
  const made = await mustRun(storedNode(file, null));
  expect(await mustRun(storedNode(file, 'oslo-1'))).toEqual({ name: 'oslo-1', folder: made.folder });
  expect(await mustRun(storedNode(file, null))).toEqual(made);
});

it('is another one in another data folder', async () => {
  const other = await temporaryDataFile();
  const [one, two] = [await mustRun(storedNode(file, null)), await mustRun(storedNode(other.file, null))];
  await other.remove();
  expect([two.name === one.name, two.folder === one.folder]).toEqual([false, false]);
});
