import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import { HOLDFAST_NAMESPACE, uuidv5 } from '../adapters/identity/ids.ts';
import {
  headsConsumer,
  type HeadsDeps,
  type HeadToSend,
  type SendHead,
  startHeads,
} from '../application/installation/signed-heads.ts';
import type { ConsumerGroups, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { Mailer, WebhookSender } from '../application/ports/delivery.ts';
import { reveal } from '../application/secret.ts';
import { messageOf } from '../domain/unknown.ts';
import { mailDomain, openWebhookSender } from './connect-providers.ts';

type Heads = NonNullable<Configuration['audit']['heads']>;

/** One file a head; a repeat writes the same. Whole or not at all. */
const toFolder =
  (folder: string): SendHead =>
  async ({ size, note }) => {
    const path = join(folder, `head-${size}.txt`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(`${path}.part`, note);
      await rename(`${path}.part`, path);
      return E.right(undefined);
    } catch (thrown) {
      return E.left(`${path} cannot be written: ${messageOf(thrown)}`);
    }
  };

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** By mail, with the note as the first lines of its text. */
export const byMail =
  (mailer: Mailer, address: string, domain: string): SendHead =>
  async ({ id, size, note, key }) => {
    const text = `${note}\nVerifier key: ${key}\n\nKeep this mail. "holdfast audit verify --since <file>" takes a file with it.\n`;
    const mail = {
      messageId: `<${id}.head@${domain}>`,
      to: { name: '', address },
      subject: `Signed head of ${size} events`,
      text,
      html: `<pre>${escaped(text)}</pre>`,
    };
    const sent = await mailer.send(mail, new AbortController().signal)();
    return E.isLeft(sent) ? E.left(sent.left.message) : E.right(undefined);
  };

/** `HEAD_SIGNED`, signed and timed as the webhooks of bookings are. */
export const byWebhook =
  (sender: Pick<WebhookSender, 'send'>, { url, secret }: NonNullable<Heads['webhook']>): SendHead =>
  async ({ id, at, size, root, note, key }: HeadToSend) => {
    const body = JSON.stringify({ triggerEvent: 'HEAD_SIGNED', createdAt: at, payload: { size, root, note, key } });
    const request = {
      url,
      secret: secret === null ? null : reveal(secret),
      deliveryId: uuidv5(HOLDFAST_NAMESPACE, `head/${id}`),
      sentAt: at,
      body,
    };
    const sent = await sender.send(request, new AbortController().signal)();
    return E.isLeft(sent) ? E.left(sent.left.message) : E.right(undefined);
  };

type Deps = Omit<HeadsDeps, 'everyMs'> & {
  readonly configuration: Configuration;
  readonly groups: Pick<ConsumerGroups, 'start'>;
  readonly mailer: Mailer;
  readonly allowPrivateAddresses: boolean;
};

/** Heads at the stated interval, sent the stated ways; null: the configuration asks for none. */
export const openHeads = async (deps: Deps) => {
  const { configuration, groups, mailer, node } = deps;
  const { heads } = configuration.audit;
  if (heads === null) return null;
  const { folder, mail, webhook } = heads;
  const sender = webhook === null ? null : await openWebhookSender(deps);
  const consumers: ReadonlyArray<RunningConsumer> = [
    ...(folder === null ? [] : [headsConsumer('folder', node, toFolder(folder))]),
    ...(mail === null ? [] : [headsConsumer('mail', node, byMail(mailer, mail, mailDomain(configuration)))]),
    ...(webhook === null || sender === null ? [] : [headsConsumer('webhook', node, byWebhook(sender, webhook))]),
  ].map(groups.start);
  const signing = startHeads({ ...deps, everyMs: heads.everyMs });
  return {
    consumers,
    stop: async (): Promise<void> => {
      await signing.stop();
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      await sender?.close();
    },
  };
};
