import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smtpMailer } from '../../../src/adapters/delivery/mail/smtp-mailer.ts';
import { webhookSender } from '../../../src/adapters/delivery/webhook/webhook-sender.ts';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { guardedDispatcher } from '../../../src/adapters/network/guarded-dispatcher.ts';
import { secretOf } from '../../../src/application/secret.ts';
import { verifyLog } from '../../../src/cli/audit/audit-commands.ts';
import { printHead } from '../../../src/cli/audit/head-commands.ts';
import type { CliContext } from '../../../src/cli/terminal.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { byMail, byWebhook } from '../../../src/composition/start-heads.ts';
import { SENDER } from '../../contract/mailer/mailer-contract.ts';
import { pendingHistory, sealed } from '../../support/booking-history.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { startSmtpServer } from '../../support/smtp-server.ts';
import { startWebhookReceiver } from '../../support/webhook-receiver.ts';

describe('heads as they were sent', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    const file = mustOpen(join(folder.path, DATA_FILE));
    const store = must(makeSqliteEventStore(file));
    for (const stream of ['booking-runa', 'booking-ivar'])
      await mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, pendingHistory) }));
    await store.close();
    await file.close();
  });
  afterEach(() => folder.remove());

  const run = async (command: (context: CliContext) => Promise<number>) => {
    const terminal = recordingTerminal();
    const code = await command({ terminal, env: { HOLDFAST_DATA: folder.path }, end: () => undefined });
    return { code, stdout: terminal.written.out.join('\n'), stderr: terminal.written.err.join('\n') };
  };
  const head = async (): Promise<string> => {
    const path = join(folder.path, 'head.txt');
    await writeFile(path, `${(await run((context) => printHead(context, {}))).stdout}\n`);
    return path;
  };
  const since = (path: string) => run((context) => verifyLog(context, { since: path }));

  it('given a head as it was sent, in a mail or by a webhook, then it is taken as it is', async () => {
    const path = await head();
    const note = await readFile(path, 'utf8');
    await writeFile(path, `${note}\nVerifier key: x\n\nKeep this mail.\n`.replaceAll('\n', '\r\n'));
    expect((await since(path)).code).toBe(0);
    await writeFile(path, JSON.stringify({ triggerEvent: 'HEAD_SIGNED', payload: { size: 2, note } }));
    expect((await since(path)).code).toBe(0);
    await writeFile(path, JSON.stringify({ payload: { note: note.replace(/^\d+$/m, '1') } }));
    expect((await since(path)).code).toBe(1);
  });

  it('given a head in a saved mail, sent by SMTP or passed on, then it is found, and in what is said', async () => {
    const note = await readFile(await head(), 'utf8');
    const server = await startSmtpServer();
    const mailer = smtpMailer({
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      from: SENDER,
      timeLimitMs: 5_000,
    });
    const sent = { id: 'e1', at: '2050-09-05T09:00:00Z', size: 12, root: '', node: 'a', note, key: 'log+key' };
    expect(await byMail(mailer, 'audit@example.org', 'book.example')(sent)).toEqual(E.right(undefined));
    await mailer.close();
    await server.stop();
    const raw = server.received[0]?.raw.toString('utf8') ?? '';
    const path = join(folder.path, 'head.eml');
    const found = async (text: string) => {
      await writeFile(path, text);
      return (await since(path)).stdout;
    };
    expect(await found(raw)).toMatch(/found in a mail \((quoted-printable|base64)\): a signed head of 12 events/);
    const base64 = Buffer.from(`Hello\r\n\r\n${note.replaceAll('\n', '\r\n')}`)
      .toString('base64')
      .replaceAll(/.{76}/g, '$&\r\n');
    expect(await found(`Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`)).toContain(
      'found in a mail (base64): a signed head of 12 events',
    );
    expect(await found(note.replaceAll(/^/gm, '> '))).toContain('found in a quoted text');
    expect(await found(note)).toContain('found in a signed note');
    await writeFile(path, raw.replace('12', '13').replaceAll('holdfast/', 'holdfest/'));
    expect((await since(path)).code).toBe(1);
    await writeFile(path, 'Subject: nothing\r\n\r\nHello\r\n');
    expect(await since(path)).toMatchObject({ code: 1, stderr: expect.stringContaining('none was found in it') });
  });

  it('given heads by webhook, then signed, repeated with one id, and never to a private address', async () => {
    const receiver = await startWebhookReceiver([{ status: 503 }, 'stall', { status: 200 }]);
    const note = await readFile(await head(), 'utf8');
    const sent = { id: 'e1', at: '2050-09-05T09:00:00Z', size: 12, root: 'r', node: 'a', note, key: 'log+key' };
    const senderOf = (allowPrivateAddresses: boolean) =>
      webhookSender({
        dispatcher: guardedDispatcher({ allowPrivateAddresses, connectTimeLimitMs: 2_000 }),
        timeLimitMs: 300,
      });
    const [sender, guarded] = [senderOf(true), senderOf(false)];
    const hook = { url: receiver.url, secret: secretOf('a good secret') };
    const send = byWebhook(sender, hook);
    expect([await send(sent), await send(sent), await send(sent)]).toMatchObject([
      { left: expect.stringContaining('503') },
      { left: expect.any(String) },
      { _tag: 'Right' },
    ]);
    expect(await byWebhook(guarded, hook)(sent)).toMatchObject({ _tag: 'Left' });
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers }) => headers['x-holdfast-delivery'])).size).toBe(1);
    const [, , last] = receiver.received;
    const signature = createHmac('sha256', 'a good secret')
      .update(last?.body ?? '')
      .digest('hex');
    expect(last?.headers['x-cal-signature-256']).toBe(signature);
    const path = join(folder.path, 'webhook.json');
    await writeFile(path, last?.body ?? '');
    expect(await since(path)).toMatchObject({ code: 0, stdout: expect.stringContaining('found in JSON') });
    await Promise.all([sender.close(), guarded.close(), receiver.close()]);
  });
});
