import { createHash } from 'node:crypto';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Hex digits of the Message-ID's SHA-256 at the end of a file name: enough to tell the mails of one folder apart. */
const DIGEST_DIGITS = 32;
const MAX_SLUG_CHARACTERS = 48;

const EML = /-([0-9a-f]{32})\.eml$/;

/** What stands for a Message-ID in a file name. */
export const digestOf = (messageId: string): string =>
  createHash('sha256').update(messageId).digest('hex').slice(0, DIGEST_DIGITS);

/** The Message-ID's digest of a mail file, undefined for a file that is none. */
export const digestIn = (fileName: string): string | undefined => EML.exec(fileName)?.[1];

const slug = (subject: string): string =>
  subject
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_SLUG_CHARACTERS)
    .replace(/-$/, '');

/** `20500905T090000.000Z-booked-intro-{digest}.eml`: sorts by time; only letters, digits, dots and dashes of ours. */
export const fileNameOf = (nowMs: number, subject: string, messageId: string): string => {
  const time = Temporal.Instant.fromEpochMilliseconds(nowMs).toString({ smallestUnit: 'millisecond' });
  return [time.replaceAll(/[-:]/g, ''), slug(subject), digestOf(messageId)]
    .filter((part) => part !== '')
    .join('-')
    .concat('.eml');
};

/** Ending of a file that is being written; one that is left over is from a crash and worth nothing. */
export const UNFINISHED = '.partial';

const syncAndClose = async (file: FileHandle): Promise<void> => {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};

/** All of the file or none of it, also after a crash: written aside, synced, renamed, and the folder synced. */
export const writeWhole = async (folder: string, fileName: string, content: Uint8Array): Promise<void> => {
  const aside = join(folder, `.${fileName}${UNFINISHED}`);
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(content);
  } finally {
    await syncAndClose(file);
  }
  await rename(aside, join(folder, fileName));
  await syncAndClose(await open(folder, 'r'));
};
