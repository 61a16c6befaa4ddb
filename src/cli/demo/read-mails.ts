import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';

export type ReadMail = {
  readonly file: string;
  readonly to: string;
  readonly subject: string;
  readonly lines: ReadonlyArray<string>;
};

/** Names of the mails in the folder so far, oldest first; none while there is no folder. */
const mailFiles = async (folder: string): Promise<ReadonlyArray<string>> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => name.endsWith('.eml')).toSorted();
};

/** Every mail that was sent so far, oldest first. `lines`: of its plain text, empty ones left out. */
export const readMails = async (folder: string): Promise<ReadonlyArray<ReadMail>> =>
  Promise.all(
    (await mailFiles(folder)).map(async (file) => {
      const { to = [], subject = '', text = '' } = await PostalMime.parse(await readFile(join(folder, file)));
      const lines = text.split(/\r?\n/).map((line) => line.trim());
      return { file, to: to[0]?.address ?? '', subject, lines: lines.filter((line) => line !== '') };
    }),
  );
