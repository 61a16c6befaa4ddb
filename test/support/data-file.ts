import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type DataFile, openDataFile } from '../../src/adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../src/adapters/sqlite/inspect-file.ts';
import type { GroupCommitOptions } from '../../src/adapters/sqlite/group-commit.ts';

/** A folder of its own for one test. */
export const temporaryFolder = async (): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

/** Throws with the operator's line when it cannot be opened. */
export const mustOpen = (path: string, options: GroupCommitOptions = {}): DataFile => {
  const opened = openDataFile({ path, ...options });
  if (E.isLeft(opened)) throw new Error(describeDataFileError(opened.left));
  return opened.right;
};

/** A data file in a folder of its own; `remove` closes it and takes the folder away. */
export const temporaryDataFile = async (
  options: GroupCommitOptions = {},
): Promise<{ readonly file: DataFile; readonly remove: () => Promise<void> }> => {
  const folder = await temporaryFolder();
  const file = mustOpen(join(folder.path, 'holdfast.sqlite'), options);
  return {
    file,
    remove: async () => {
      await file.close();
      await folder.remove();
    },
  };
};
