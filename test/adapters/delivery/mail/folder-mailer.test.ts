import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderMailer } from '../../../../src/adapters/delivery/mail/folder-mailer.ts';
import type { Mail } from '../../../../src/application/ports/delivery.ts';
import { mailerContract, SENDER } from '../../../contract/mailer/mailer-contract.ts';
import { exampleMail } from '../../../support/mails.ts';

const NINE = Temporal.Instant.from('2050-09-05T09:00:00Z').epochMilliseconds;

const newFolder = () => mkdtemp(join(tmpdir(), 'holdfast-mail-'));

mailerContract('folder', async () => {
  const parent = await newFolder();
  const folder = join(parent, 'made', 'when needed');
  return {
    mailer: folderMailer({ now: () => NINE })({ folder, from: SENDER }),
    arrived: async () => {
      const names = await readdir(folder).catch(() => []);
      return Promise.all(names.map((name) => readFile(join(folder, name))));
    },
    stop: () => rm(parent, { recursive: true }),
  };
});

const given = async () => {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  let now = NINE;
  const mailer = () => folderMailer({ now: () => now })({ folder, from: SENDER });
  const send = (mail: Mail, by = mailer()) => by.send(mail, new AbortController().signal)();
  const later = (ms: number) => {
    now += ms;
  };
  return { folder, mailer, send, later, files: () => readdir(folder) };
};

describe('the mail folder', () => {
  it('given one Message-ID sent again, also after a restart, then there is one file, unchanged', async () => {
    const { mailer, send, later, files, folder } = await given();
    const running = mailer();
    expect(await Promise.all([1, 2, 3].map(() => send(exampleMail(), running)))).toEqual(
      [1, 2, 3].map(() => E.right(undefined)),
    );
    const [name = 'none'] = await files();
    const before = await readFile(join(folder, name));
    later(60_000);
    await send(exampleMail({ subject: 'Another subject' }), running);
    await send(exampleMail({ text: 'other' }), mailer());
    expect(await files()).toEqual([name]);
    expect(await readFile(join(folder, name))).toEqual(before);
  });

  it('given mails at different times, then their names sort by time', async () => {
    const { mailer, send, later, files } = await given();
    const running = mailer();
    const subjects = ['Zulu', 'Mike', 'Alpha'];
    for (const subject of subjects) {
      await send(exampleMail({ subject, messageId: `<${subject}@holdfast.example>` }), running);
      later(1);
    }
    expect((await files()).toSorted().map((name) => name.split('-')[1])).toEqual(['zulu', 'mike', 'alpha']);
  });

  it.each(['../../etc/passwd', 'a\0b/c\\d:e', '💣', 'x'.repeat(500), '.hidden', 'CON', '-rf'])(
    'given the subject %j, then the name is a plain one',
    async (subject) => {
      const { send, files } = await given();
      expect(await send(exampleMail({ subject }))).toEqual(E.right(undefined));
      const [name = ''] = await files();
      expect(name).toMatch(/^20500905T090000\.000Z(-[a-z0-9-]+)?-[0-9a-f]{32}\.eml$/);
      expect(name.length).toBeLessThan(120);
    },
  );

  it('given a mail left half written by a crash, then it is cleared and the mail is written whole', async () => {
    const { folder, send, files } = await given();
    await writeFile(join(folder, '.20500905T085959.000Z-half.eml.partial'), 'Subject: ha');
    await send(exampleMail());
    expect(await files()).toEqual([expect.stringMatching(/^2050.*\.eml$/)]);
  });

  it('given files of others in the folder, then they stay', async () => {
    const { folder, send, files } = await given();
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await send(exampleMail());
    expect(await files()).toContain('notes.txt');
  });

  it('given a folder that cannot be made, then to try later, naming no guest; once mended it works', async () => {
    const { folder, mailer, send, files } = await given();
    await writeFile(join(folder, 'file'), '');
    const blocked = folderMailer({ now: () => NINE })({ folder: join(folder, 'file'), from: SENDER });
    const answer = await send(exampleMail({ subject: 'Booked by Runa' }), blocked);
    expect(answer).toMatchObject({ left: { type: 'try-later', message: 'the mail folder cannot be written: EEXIST' } });
    await rm(join(folder, 'file'));
    expect(await send(exampleMail(), blocked)).toEqual(E.right(undefined));
    expect(await send(exampleMail(), mailer())).toEqual(E.right(undefined));
    expect(await files()).toHaveLength(2);
  });

  it('given mails about people, then only the owner may read them', async () => {
    const { folder, send, files } = await given();
    await send(exampleMail());
    const [name = ''] = await files();
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });
});
