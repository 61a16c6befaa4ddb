import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The client wants a file. */
export const writeCertificate = async (
  pem: string,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'eventstoredb-stand-in-'));
  const path = join(folder, 'ca.pem');
  await writeFile(path, pem);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
};
