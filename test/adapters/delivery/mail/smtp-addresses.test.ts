import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { smtpMailer } from '../../../../src/adapters/delivery/mail/smtp-mailer.ts';
import type { Mail } from '../../../../src/application/ports/delivery.ts';
import { addressText, parseMailAddress } from '../../../../src/domain/mail/mail-address.ts';
import { SENDER } from '../../../contract/mailer/mailer-contract.ts';
import { exampleMail } from '../../../support/mails.ts';
import { readMail } from '../../../support/read-mail.ts';
import { type SmtpServerOptions, startSmtpServer, type TestSmtpServer } from '../../../support/smtp-server.ts';

const given = async (options: SmtpServerOptions = {}) => {
  const server = await startSmtpServer(options);
  const login = options.login ?? {};
  const mailer = smtpMailer({
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    from: SENDER,
    timeLimitMs: 5_000,
    ...login,
  });
  onTestFinished(async () => {
    await mailer.close();
    await server.stop();
  });
  const send = (mail: Mail, signal = new AbortController().signal) => mailer.send(mail, signal)();
  const sendTo = (address: string) => send(exampleMail({ to: { name: 'Runa', address } }));
  return { server, send, sendTo };
};

const recipients = ({ commands }: TestSmtpServer) => commands.filter((command) => command.startsWith('RCPT'));

describe('the envelope', () => {
  it.each([
    ["!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"],
    ['Runa.S@EXAMPLE.com', 'Runa.S@example.com'],
    ['runa@bücher.example', 'runa@xn--bcher-kva.example'],
    ['=?utf-8?q?a?=@example.com', '=?utf-8?q?a?=@example.com'],
  ])('given %s, then the server is asked for %s, and the mail says it too', async (address, asked) => {
    const { server, sendTo } = await given();
    expect(await sendTo(address)).toEqual(E.right(undefined));
    expect(recipients(server)).toEqual([`RCPT TO:<${asked}>`]);
    expect(server.received.map(({ smtpUtf8 }) => smtpUtf8)).toEqual([false]);
    expect(server.received[0]?.raw.toString()).toContain(`To: Runa <${asked}>`);
  });

  it('names exactly the address that was asked for, whatever it is, and nobody else', async () => {
    const { server, sendTo } = await given();
    const atext = "abcXYZ019!#$%&'*+-/=?^_`{|}~";
    const atom = fc.string({ unit: fc.constantFrom(...atext), minLength: 1, maxLength: 12 });
    const local = fc.array(atom, { minLength: 1, maxLength: 4 }).map((atoms) => atoms.join('.'));
    await fc.assert(
      fc.asyncProperty(local, fc.domain(), async (before, domain) => {
        const address = parseMailAddress(`${before}@${domain}`);
        if (address === null) return;
        const count = recipients(server).length;
        expect(await sendTo(`${before}@${domain}`)).toEqual(E.right(undefined));
        expect(recipients(server).slice(count)).toEqual([`RCPT TO:<${addressText(address)}>`]);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['a\u200B@example.com', 'a..b@example.com', 'a@-x.example', '"a b"@example.com'])(
    'given %j out of an old log, then it is refused without being quoted, and nothing is sent',
    async (address) => {
      const { server, sendTo } = await given();
      expect(await sendTo(address)).toEqual(
        E.left({ type: 'refused', message: "the recipient's address is none that mail can be sent to" }),
      );
      expect(server.connections()).toBe(0);
    },
  );

  it('has no Reply-To where there is none', async () => {
    const { server, send } = await given();
    const { replyTo: _, ...mail } = exampleMail();
    expect(await send(mail)).toEqual(E.right(undefined));
    expect((await readMail(server.received[0]?.raw ?? '')).header('reply-to')).toEqual([]);
  });
});

describe('an address beyond ASCII', () => {
  it.each([
    ['rúna@example.com', 'rúna@example.com'],
    ['用户@例子.广告', '用户@例子.广告'],
  ])('given %s and a server that offers SMTPUTF8, then it is used', async (address, asked) => {
    const { server, sendTo } = await given({ login: { user: 'odd', password: 'correct' } });
    expect(await sendTo(address)).toEqual(E.right(undefined));
    expect(server.received.map(({ to, smtpUtf8 }) => ({ to, smtpUtf8 }))).toEqual([{ to: [asked], smtpUtf8: true }]);
    expect((await readMail(server.received[0]?.raw ?? '')).to).toBe(`Runa <${asked}>`);
  });

  it('given a server without SMTPUTF8, then it alone is refused, with the reason, and not sent', async () => {
    const { server, sendTo } = await given({ withoutSmtpUtf8: true });
    expect(await sendTo('rúna@example.com')).toEqual(
      E.left({ type: 'refused', message: expect.stringContaining('does not offer SMTPUTF8') }),
    );
    expect(server.received).toEqual([]);
    expect(await sendTo('runa@bücher.example')).toEqual(E.right(undefined));
  });

  it('given a server that is away, too slow or refuses, then the same as for every other mail', async () => {
    const refusing = await given({ faults: [{ at: 'rcpt', reply: 550 }] });
    expect(await refusing.sendTo('rúna@example.com')).toMatchObject({ left: { type: 'refused' } });
    const later = await given({ faults: [{ at: 'data', reply: 451 }] });
    expect(await later.sendTo('rúna@example.com')).toMatchObject({ left: { type: 'try-later' } });
    expect(await later.sendTo('rúna@example.com')).toEqual(E.right(undefined));
    await later.server.stop();
    expect(await later.sendTo('rúna@example.com')).toMatchObject({ left: { type: 'try-later' } });
  });

  it.each(['connect', 'rcpt', 'data'] as const)('given a cut at %s, then to try later', async (at) => {
    const { sendTo } = await given({ faults: [{ at, cut: true }] });
    expect(await sendTo('rúna@example.com')).toMatchObject({ left: { type: 'try-later' } });
  });

  it('given a server that stalls, when called off, then it ends', async () => {
    const { send } = await given({ faults: [{ at: 'data', stall: true }] });
    const abort = new AbortController();
    const stalled = send(exampleMail({ to: { name: '', address: 'rúna@example.com' } }), abort.signal);
    abort.abort();
    expect(await stalled).toMatchObject({ left: { type: 'try-later' } });
  });
});
