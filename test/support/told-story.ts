import * as TE from 'fp-ts/lib/TaskEither.js';
import { HOLDFAST_NAMESPACE, uuidv5 } from '../../src/adapters/identity/ids.ts';
import { mailChannel } from '../../src/application/notifications/mail-channels.ts';
import { notifier } from '../../src/application/notifications/notifier.ts';
import { mayNotify, webhookTriggers } from '../../src/application/notifications/plan.ts';
import { webhookChannel } from '../../src/application/notifications/webhook-channel.ts';
import type { Mail } from '../../src/application/ports/delivery.ts';
import { secretOf } from '../../src/application/secret.ts';
import type { BookingCommand } from '../../src/domain/booking/commands.ts';
import { isObject } from '../../src/domain/unknown.ts';
import { keepingMailer, mailSettings, notifiedWorld } from './notified-world.ts';

/** What one step of a booking's story told people and programs. */
export type Told = {
  readonly mails: ReadonlyArray<Mail>;
  readonly webhooks: ReadonlyArray<{ readonly trigger: string; readonly payload: Readonly<Record<string, unknown>> }>;
};

const parsed = (body: string): Told['webhooks'][number] => {
  const json: unknown = JSON.parse(body);
  if (!isObject(json) || !isObject(json.payload)) throw new Error(`no payload: ${body}`);
  return { trigger: String(json.triggerEvent), payload: json.payload };
};

/**
 * One booking, told about as it happens: each step runs commands, then everybody is told of every event that they wrote, by
 * the real notifiers, and what was told is in the log before the next step. Mail server and network are stand-ins.
 */
export const toldStory = () => {
  const world = notifiedWorld();
  const box = keepingMailer();
  const bodies: string[] = [];
  const deps = {
    ...world,
    ...mailSettings,
    mailer: box.mailer,
    maxAttempts: 1,
    links: {
      manage: (uid: string) => `https://book.example/bookings/${uid}?token=guest`,
      tellGuests: () => null,
      host: (uid: string) => `https://book.example/bookings/${uid}/host?token=host`,
    },
    uuid: (name: string) => uuidv5(HOLDFAST_NAMESPACE, name),
    report: () => undefined,
    log: { record: () => TE.right(undefined) },
    sender: {
      send: ({ body }: { readonly body: string }) => {
        bodies.push(body);
        return TE.right({ status: 200 });
      },
      close: async () => undefined,
    },
  };
  const hook = {
    id: 'crm',
    url: 'https://crm.example/hook',
    secret: secretOf('a secret of the receiver'),
    triggers: webhookTriggers,
    hostIds: null,
  };
  const groups = [
    notifier(deps, mailChannel(deps, 'guests')),
    notifier(deps, mailChannel(deps, 'host')),
    notifier(deps, webhookChannel(deps, hook)),
  ];
  let toldUpTo = 0;
  const tell = async (): Promise<Told> => {
    const events = await world.history();
    for (const event of events.slice(toldUpTo))
      if (mayNotify(event.type)) for (const group of groups) await group.handle({ event, attempt: 1 });
    toldUpTo = (await world.history()).length;
    return { mails: box.sent.splice(0), webhooks: bodies.splice(0).map(parsed) };
  };
  return {
    ...world,
    step: async (...commands: ReadonlyArray<BookingCommand>): Promise<Told> => {
      await world.happened(...commands);
      return tell();
    },
    /** The process was killed and has lost where it was: it gets every event from the first one on again. */
    again: (): Promise<Told> => {
      toldUpTo = 0;
      return tell();
    },
  };
};
