import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mail, Mailer } from '../../../src/application/ports/delivery.ts';
import { exampleInvitation, exampleMail } from '../../support/mails.ts';
import { readMail } from '../../support/read-mail.ts';

/** A mailer and the place where its mails end up. `from` is Holdfast <bookings@holdfast.example>. */
export type MailerUnderTest = {
  readonly mailer: Mailer;
  readonly arrived: () => Promise<ReadonlyArray<Uint8Array>>;
  readonly stop: () => Promise<void>;
};

export const SENDER = { name: 'Holdfast', address: 'bookings@holdfast.example' };

/** What every mailer promises, whatever carries its mails. */
export const mailerContract = (name: string, start: () => Promise<MailerUnderTest>): void => {
  describe(`mailer contract: ${name}`, () => {
    let subject: MailerUnderTest;
    beforeEach(async () => {
      subject = await start();
    });
    afterEach(async () => {
      await subject.mailer.close();
      await subject.stop();
    });

    const send = (mail: Mail, signal = new AbortController().signal) => subject.mailer.send(mail, signal)();
    const arrivedMails = async () => Promise.all((await subject.arrived()).map((raw) => readMail(raw)));
    const onlyMail = async () => {
      const [mail, ...rest] = await arrivedMails();
      if (mail === undefined || rest.length > 0) throw new Error(`one mail expected, ${rest.length + 1} or none came`);
      return mail;
    };

    it('carries sender, recipient, Reply-To, subject, text and HTML unharmed', async () => {
      const text = 'Grüße, Žofie 👋\n.a line that begins with a dot\n..and two\nFrom here on\n';
      const html = `<p>${'long line without a break '.repeat(80)}</p>`;
      expect(await send(exampleMail({ subject: 'Bestätigt: Gespräch 👋', text, html }))).toEqual(E.right(undefined));
      const mail = await onlyMail();
      expect(mail).toMatchObject({
        from: 'Holdfast <bookings@holdfast.example>',
        to: 'Runa Solberg <runa@example.com>',
        replyTo: 'Odd Hansen <odd@example.org>',
        subject: 'Bestätigt: Gespräch 👋',
      });
      expect(mail.text.replaceAll('\r\n', '\n').trimEnd()).toBe(text.trimEnd());
      expect(mail.html.trimEnd()).toBe(html);
    });

    it('keeps our Message-ID and says that a program wrote the mail', async () => {
      await send(exampleMail());
      const mail = await onlyMail();
      expect(mail.messageId).toBe(exampleMail().messageId);
      expect(mail.header('auto-submitted')).toEqual(['auto-generated']);
      expect(mail.header('x-mailer')).toEqual([]);
    });

    it.each(['REQUEST', 'CANCEL'] as const)(
      'carries an invitation, method %s, beside the text and as invite.ics',
      async (method) => {
        const content = exampleInvitation(method);
        await send(exampleMail({ icalendar: { method, content } }));
        const { calendarParts, text } = await onlyMail();
        expect(text).toContain('Your booking is confirmed.');
        expect(calendarParts.map(({ mediaType, method, fileName }) => ({ mediaType, method, fileName }))).toEqual([
          { mediaType: 'text/calendar', method, fileName: null },
          { mediaType: 'application/ics', method: undefined, fileName: 'invite.ics' },
        ]);
        for (const part of calendarParts) {
          // A text part has no line ends of its own (RFC 2046 section 4.1.1); readers hand out theirs.
          expect(part.content.replaceAll('\r\n', '\n')).toBe(content.replaceAll('\r\n', '\n'));
          expect(part.calendar.getFirstPropertyValue('method')).toBe(method);
          expect(part.calendar.getFirstSubcomponent('vevent')?.getFirstPropertyValue('summary')).toBe(
            'Intro with Rúna',
          );
        }
      },
    );

    it('sends no calendar part when there is no invitation', async () => {
      await send(exampleMail());
      expect((await onlyMail()).calendarParts).toEqual([]);
    });

    it.each(['\r\n', '\n', '\r', '\u2028', '\u0085', '\0', '\r\n\r\n'])(
      'lets no hostile name begin a header (%j)',
      async (breaker) => {
        const hostile = `Eve${breaker}Bcc: victim@example.net${breaker}Subject: gone`;
        const to = { name: hostile, address: 'runa@example.com' };
        const replyTo = { name: hostile, address: 'odd@example.org' };
        expect(await send(exampleMail({ to, replyTo, subject: hostile }))).toEqual(E.right(undefined));
        const mail = await onlyMail();
        expect(mail.header('bcc')).toEqual([]);
        expect(mail.header('subject')).toHaveLength(1);
        expect(mail.subject).toBe('Eve Bcc: victim@example.net Subject: gone');
        expect(mail.to).toBe('Eve Bcc: victim@example.net Subject: gone <runa@example.com>');
        expect(mail.text).toContain('Your booking is confirmed.');
      },
    );

    it.each(['a <b@x.example>, "c" <d@y.example>', '"; drop (comment) \\', 'p@yp.al <'])(
      'takes the name %j for a name',
      async (name) => {
        await send(exampleMail({ to: { name, address: 'runa@example.com' } }));
        expect((await onlyMail()).to).toBe(`${name} <runa@example.com>`);
      },
    );

    it.each([
      '',
      'runa',
      'a@x.example, b@y.example',
      'a@x.example\r\nBcc: b@y.example',
      '<a@x.example>',
      'a b@x.example',
      'a@x@y',
      `${'a'.repeat(250)}@x.example`,
    ])('refuses the address %j and sends nothing', async (address) => {
      expect(await send(exampleMail({ to: { name: 'Eve', address } }))).toMatchObject({ left: { type: 'refused' } });
      expect(await send(exampleMail({ replyTo: { name: 'Eve', address } }))).toMatchObject({
        left: { type: 'refused' },
      });
      expect(await subject.arrived()).toEqual([]);
    });

    it.each(['', 'no-brackets@x.example', '<a@b>\r\nBcc: c@d.example', '<two words@x.example>'])(
      'refuses the Message-ID %j',
      async (messageId) => {
        expect(await send(exampleMail({ messageId }))).toMatchObject({ left: { type: 'refused' } });
        expect(await subject.arrived()).toEqual([]);
      },
    );

    it('sends nothing once it is called off', async () => {
      expect(await send(exampleMail(), AbortSignal.abort())).toMatchObject({ left: { type: 'try-later' } });
      expect(await subject.arrived()).toEqual([]);
    });

    it('finishes what is under way when it is closed, and takes no more', async () => {
      const sending = send(exampleMail());
      await subject.mailer.close();
      expect(await sending).toEqual(E.right(undefined));
      expect(await send(exampleMail())).toMatchObject({ left: { type: 'try-later' } });
      expect(await subject.arrived()).toHaveLength(1);
    });

    it('carries many mails at once, each to its own recipient', async () => {
      const numbers = Array.from({ length: 20 }, (_, index) => index);
      const mails = numbers.map((n) =>
        exampleMail({ messageId: `<mail${n}@holdfast.example>`, to: { name: '', address: `guest${n}@example.com` } }),
      );
      expect(await Promise.all(mails.map((mail) => send(mail)))).toEqual(mails.map(() => E.right(undefined)));
      const pairs = (await arrivedMails()).map(({ messageId, to }) => `${messageId}${to}`);
      expect(pairs.toSorted()).toEqual(
        numbers.map((n) => `<mail${n}@holdfast.example> <guest${n}@example.com>`).toSorted(),
      );
    });
  });
};
