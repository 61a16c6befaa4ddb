import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SendMailOptions } from 'nodemailer';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { Mail, Mailbox, Mailer, MailFailure } from '../../../application/ports/delivery.ts';
import { mailsInFlight, mimeMessage } from './mime-message.ts';

/** Hex digits of the Message-ID's SHA-256 at the end of a file name: enough to tell the mails of one folder apart. */
const DIGEST_DIGITS = 32;
const MAX_SLUG_CHARACTERS = 48;

const EML = /-([0-9a-f]{32})\.eml$/;

/** What stands for a Message-ID in a file name. */
const digestOf = (messageId: string): string =>
  createHash('sha256').update(messageId).digest('hex').slice(0, DIGEST_DIGITS);

/** The Message-ID's digest of a mail file, undefined for a file that is none. */
const digestIn = (fileName: string): string | undefined => EML.exec(fileName)?.[1];

const slug = (subject: string): string =>
  subject
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_SLUG_CHARACTERS)
    .replace(/-$/, '');

/** `20500905T090000.000Z-booked-intro-{digest}.eml`: sorts by time; only letters, digits, dots and dashes of ours. */
const fileNameOf = (nowMs: number, subject: string, messageId: string): string => {
  const time = Temporal.Instant.fromEpochMilliseconds(nowMs).toString({ smallestUnit: 'millisecond' });
  return [time.replaceAll(/[-:]/g, ''), slug(subject), digestOf(messageId)]
    .filter((part) => part !== '')
    .join('-')
    .concat('.eml');
};

/** Ending of a file that is being written; one that is left over is from a crash and worth nothing. */
const UNFINISHED = '.partial';

const syncAndClose = async (file: FileHandle): Promise<void> => {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};

/** All of the file or none of it, also after a crash: written aside, synced, renamed, and the folder synced. */
const writeWhole = async (folder: string, fileName: string, content: Uint8Array): Promise<void> => {
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

export type FolderConfig = { readonly folder: string; readonly from: Mailbox };

/** Makes the folder, clears what a crash left half written, and answers which mails lie there. */
const openFolder = async (folder: string): Promise<Map<string, Promise<void>>> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  const unfinished = names.filter((name) => name.startsWith('.') && name.endsWith(UNFINISHED));
  await Promise.all(unfinished.map((name) => rm(join(folder, name), { force: true })));
  const digests = names.map(digestIn).filter((digest) => digest !== undefined);
  return new Map(digests.map((digest) => [digest, Promise.resolve()]));
};

const makeCompiler = async () => {
  const { createTransport } = await import('nodemailer');
  return createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
};
/** Loaded with the first mail: a start can do without. */
let compiler: ReturnType<typeof makeCompiler> | undefined;

const bytesOf = async (message: SendMailOptions): Promise<Uint8Array> => {
  compiler ??= makeCompiler();
  const { message: bytes } = await (await compiler).sendMail(message);
  if (!Buffer.isBuffer(bytes)) throw new TypeError('the composed mail is not a buffer');
  return bytes;
};

/** By error code alone where there is one: the system's message would name the file, and the file the guest. */
const failure = (thrown: unknown): MailFailure => {
  const reason = thrown instanceof Error ? ('code' in thrown ? thrown.code : thrown.message) : thrown;
  return { type: 'try-later', message: `the mail folder cannot be written: ${String(reason)}` };
};

/**
 * Writes each mail as one `.eml` file, byte for byte what SMTP would have sent. One file per Message-ID: sending it again
 * changes nothing. For one process; the folder is read once, at the first mail. What the disk refuses is `try-later`.
 */
export const folderMailer =
  (clock: Pick<Clock, 'now'>) =>
  (config: FolderConfig): Mailer => {
    const compose = mimeMessage(config.from);
    const inFlight = mailsInFlight();
    let opening: Promise<Map<string, Promise<void>>> | undefined;

    const written = async (): Promise<Map<string, Promise<void>>> => {
      opening ??= openFolder(config.folder);
      return opening.catch((thrown: unknown) => {
        opening = undefined;
        throw thrown;
      });
    };

    const write = async (mail: Mail, message: SendMailOptions): Promise<void> => {
      const files = await written();
      const digest = digestOf(mail.messageId);
      const writing =
        files.get(digest) ??
        bytesOf(message).then((bytes) =>
          writeWhole(config.folder, fileNameOf(clock.now(), mail.subject, mail.messageId), bytes),
        );
      files.set(digest, writing);
      await writing.catch((thrown: unknown) => {
        files.delete(digest);
        throw thrown;
      });
    };

    const deliver = async (
      mail: Mail,
      message: SendMailOptions,
      signal: AbortSignal,
    ): Promise<E.Either<MailFailure, void>> => {
      try {
        signal.throwIfAborted();
        return E.right(await write(mail, message));
      } catch (thrown) {
        return E.left(failure(thrown));
      }
    };

    /** What was removed stays in `files`: it is not written again. */
    const remove = async (messageIds: ReadonlyArray<string>): Promise<number> => {
      const files = await written();
      const digests = new Set(messageIds.map(digestOf));
      for (const digest of digests) await files.get(digest);
      const names = await readdir(config.folder);
      const found = names.filter((name) => digests.has(digestIn(name) ?? ''));
      await Promise.all(found.map((name) => rm(join(config.folder, name), { force: true })));
      if (found.length > 0) await syncAndClose(await open(config.folder, 'r'));
      return found.length;
    };

    return {
      transport: 'folder',
      remove,
      send: (mail, signal) => async () => {
        const message = compose(mail);
        return E.isLeft(message) ? message : inFlight.run(() => deliver(mail, message.right.message, signal));
      },
      close: inFlight.close,
    };
  };
