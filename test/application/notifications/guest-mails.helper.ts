import * as TE from 'fp-ts/lib/TaskEither.js';
import { onTestFinished } from 'vitest';
import { mailChannel } from '../../../src/application/notifications/mail-channels.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import type { Mail, Mailer } from '../../../src/application/ports/delivery.ts';
import { makeConsumerGroups } from '../../../src/application/consumers/consumer-groups.ts';
import type { BookingCommand } from '../../../src/domain/booking/commands.ts';
import { command } from '../../../src/testing/index.ts';
import { makeMemoryConsumerState } from '../../support/memory-consumer-state.ts';
import { mailSettings, notifiedWorld } from '../../support/notified-world.ts';

export const RUNA = 'runa@example.com';
export const KARI = 'kari@example.net';
export const LINK = 'https://book.example/bookings/booking1/guests?token=t';
/** A stranger asks, with Kari as a guest. */
export const asked = (more: Parameters<typeof command.request>[0] = {}) =>
  command.request({ guests: [KARI], invitesOnceVerified: true, ...more });
export const accept = [command.startSync('work'), command.recordSuccess('work'), command.accept()];
/** Mails to guests, as they go out while things happen. `hold`: while set, a mail waits for it before it is delivered. */
export const post = async (links: { readonly tellGuests: () => string | null } = { tellGuests: () => LINK }) => {
  const world = notifiedWorld();
  const sent: Mail[] = [];
  const holding: { until: Promise<void> | null; begun: () => void } = { until: null, begun: () => undefined };
  const mailer: Mailer = {
    transport: 'folder',
    send: (mail) => async () => {
      holding.begun();
      await holding.until;
      sent.push(mail);
      return TE.right<never, void>(undefined)();
    },
    close: async () => undefined,
  };
  const deps = { ...world, ...mailSettings, links: { ...mailSettings.links, ...links }, mailer, maxAttempts: 3 };
  const groups = makeConsumerGroups({
    ...world,
    state: makeMemoryConsumerState(),
    random: () => 0,
    onProblem: () => undefined,
  });
  const consumer = groups.start(notifier(deps, mailChannel(deps, 'guests')));
  onTestFinished(() => consumer.stop());
  await consumer.idle();
  const happened = async (...commands: ReadonlyArray<BookingCommand>) => {
    await world.happened(...commands);
    await consumer.idle();
  };
  const to = (address: string) => sent.filter((mail) => mail.to.address === address);
  const ics = (mail: Mail | undefined) => mail?.icalendar?.content ?? '';
  return { ...world, holding, idle: () => consumer.idle(), now: happened, sent, to, ics };
};

/** The methods of the invitations that an address got, in order. */
export const methodsTo = ({ to }: Awaited<ReturnType<typeof post>>, address: string) =>
  to(address).map(({ icalendar }) => icalendar?.method);
