import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { SendMailOptions } from 'nodemailer';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { Mail, Mailbox, Mailer, MailFailure } from '../../../application/ports/delivery.ts';
import { digestIn, digestOf, fileNameOf, UNFINISHED, writeWhole } from './eml-file.ts';
import { mailsInFlight } from './mails-in-flight.ts';
import { mimeMessage } from './mime-message.ts';

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

    return {
      transport: 'folder',
      send: (mail, signal) => async () => {
        const message = compose(mail);
        return E.isLeft(message) ? message : inFlight.run(() => deliver(mail, message.right.message, signal));
      },
      close: inFlight.close,
    };
  };
