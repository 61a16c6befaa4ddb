import * as TE from 'fp-ts/lib/TaskEither.js';
import { makeMemoryEventStore } from '../../src/adapters/event-store/embedded/memory-event-store.ts';
import { writeICalendar } from '../../src/adapters/icalendar/write-icalendar.ts';
import { makeBookingBuses } from '../../src/application/commands/booking-buses.ts';
import { singleNode } from '../../src/application/consumers/node-preference.ts';
import type { Delivery } from '../../src/application/ports/consumer-groups.ts';
import type { Mail, Mailer, MailFailure } from '../../src/application/ports/delivery.ts';
import { systemIdentity } from '../../src/composition/identity.ts';
import type { BookingCommand } from '../../src/domain/booking/commands.ts';
import type { RecordedEvent } from '../../src/domain/log/envelope.ts';
import { composeMail } from '../../src/application/notifications/mail/compose-mail.ts';
import { epochMs } from '../../src/testing/index.ts';
import { bookingSubject, readBookingAround } from '../../src/application/notifications/subject.ts';
import { makeTestClock } from './clock.ts';
import { odd } from './hosts.ts';
import { must } from './must.ts';

export const UID = 'booking1';

/** One booking in a log in memory, and what the consumers that tell people of it need. */
export const notifiedWorld = () => {
  const store = makeMemoryEventStore();
  const clock = makeTestClock(epochMs('10:00:00'));
  const buses = makeBookingBuses({ store, identity: systemIdentity });
  const history = async (): Promise<ReadonlyArray<RecordedEvent>> => must(await store.readStream(`booking-${UID}`)());
  return {
    store,
    clock,
    leasing: null,
    preference: singleNode,
    turn: () => Promise.resolve(),
    buses,
    bookings: bookingSubject({ store, buses }),
    identity: systemIdentity,
    findHost: (hostId: string) => (hostId === odd.id ? odd : undefined),
    history,
    types: async () => (await history()).map(({ type }) => type),
    /** Runs commands on the booking, one after the other. */
    happened: async (...commands: ReadonlyArray<BookingCommand>): Promise<void> => {
      for (const command of commands) {
        const context = {
          commandId: systemIdentity.newCommandId(),
          actor: { kind: 'system' },
          correlationId: UID,
          causationId: null,
        } as const;
        must(await buses.bookings.execute(UID, command, context)());
      }
    },
    /** The booking around the newest event of a type. */
    around: async (type: string) => {
      const event = (await history()).findLast((one) => one.type === type);
      if (event === undefined) throw new Error(`no ${type} in the stream`);
      return must(await readBookingAround(store)(event)());
    },
    /** The newest event of a type as a message. */
    message: async (type: string, attempt = 1): Promise<Delivery> => {
      const event = (await history()).findLast((one) => one.type === type);
      if (event === undefined) throw new Error(`no ${type} in the stream`);
      return { event, attempt };
    },
  };
};

/** A stand-in for a mail server that keeps what it was given, and refuses who it is told to; `asked` takes every address. */
export const keepingMailer = (refusals: Readonly<Record<string, MailFailure>> = {}, asked: string[] = []) => {
  const sent: Mail[] = [];
  const mailer: Mailer = {
    transport: 'folder',
    send: (mail) => {
      asked.push(mail.to.address);
      const refusal = refusals[mail.to.address];
      if (refusal !== undefined) return TE.left(refusal);
      sent.push(mail);
      return TE.right(undefined);
    },
    close: async () => undefined,
  };
  return { mailer, sent, to: () => sent.map(({ to }) => to.address) };
};

/** How mails are written in these tests. */
export const mailSettings = {
  domain: 'holdfast.example',
  compose: composeMail({ domain: 'holdfast.example', writeInvitation: writeICalendar }),
  calendarLabel: (calendarId: string) => calendarId,
  links: { manage: () => null, tellGuests: () => null, host: () => null },
  retry: { baseMs: 1_000, capMs: 60_000 },
  jitter: () => 0,
  signal: new AbortController().signal,
};
