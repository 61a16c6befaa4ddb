import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runa } from './booking-bodies.ts';
import { odd } from './hosts.ts';
import type { ReadMail } from './read-mail.ts';
import { readMail } from './read-mail.ts';

const addresses = { runa: runa.email, odd: odd.email } as const;
export type Person = keyof typeof addresses;

/** A mail as its reader sees it. `kind`: the first words of the subject, which say what it is about. */
export type Told = ReadMail & { readonly kind: string };

export type Mails = {
  /** Oldest first. */
  readonly to: (person: Person) => Promise<ReadonlyArray<Told>>;
  readonly kindsTo: (person: Person) => Promise<ReadonlyArray<string>>;
  readonly all: () => Promise<ReadonlyArray<Told>>;
};

const told = async (raw: Uint8Array): Promise<Told> => {
  const mail = await readMail(raw);
  return { ...mail, kind: mail.subject?.split(':')[0] ?? '' };
};

/** Reads mailboxes out of what a mail server took in, or a folder holds. */
export const mailsFrom = (rawMails: () => Promise<ReadonlyArray<Uint8Array>>): Mails => {
  const all = async () => Promise.all((await rawMails()).map(told));
  const to = async (person: Person) => (await all()).filter((mail) => mail.to.includes(`<${addresses[person]}>`));
  return { all, to, kindsTo: async (person) => (await to(person)).map(({ kind }) => kind) };
};

/** The `.eml` files of a folder, in the order of their writing. */
export const emlFiles = async (folder: string): Promise<ReadonlyArray<Uint8Array>> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { writtenAt: (await stat(path, { bigint: true })).mtimeNs, raw: await readFile(path) };
    }),
  );
  return files.sort((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1)).map(({ raw }) => raw);
};
