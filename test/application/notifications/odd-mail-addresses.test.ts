import { describe, expect, it, onTestFinished } from 'vitest';
import { smtpMailer } from '../../../src/adapters/delivery/mail/smtp-mailer.ts';
import { calendarEventOf } from '../../../src/application/saga/calendar-event.ts';
import { organizerOf } from '../../../src/domain/booking/booking-facts.ts';
import { mailChannel } from '../../../src/application/notifications/mail-channels.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import type { MailAudience } from '../../../src/application/notifications/mails-due.ts';
import { webhookFactsOf } from '../../../src/application/notifications/webhook/webhook-facts.ts';
import { command } from '../../../src/testing/index.ts';
import { odd } from '../../support/hosts.ts';
import { readMail } from '../../support/read-mail.ts';
import { startSmtpServer } from '../../support/smtp-server.ts';
import { mailSettings, notifiedWorld } from '../../support/notified-world.ts';

const ODD_LOOKING = 'a\u200B@example.com';

/** A booking of people whose addresses no request is let in with any more, as an older log may hold it; a real mail server. */
const given = async (email: string, guests: ReadonlyArray<string>) => {
  const world = notifiedWorld();
  const server = await startSmtpServer({ withoutSmtpUtf8: true });
  const from = { name: 'Holdfast', address: 'holdfast@holdfast.example' };
  const mailer = smtpMailer({ host: '127.0.0.1', port: server.port, security: 'none', from, timeLimitMs: 10_000 });
  onTestFinished(async () => {
    await mailer.close();
    await server.stop();
  });
  const request = command.request();
  if (request.type !== 'RequestBooking') throw new Error('the first command is the request');
  const { personal } = request.request;
  await world.happened(
    {
      ...request,
      request: { ...request.request, personal: { ...personal, attendee: { ...personal.attendee, email }, guests } },
    },
    command.startSync('work'),
    command.recordSuccess('work'),
    command.accept(),
  );
  const around = await world.around('BookingAccepted');
  const deps = { ...world, ...mailSettings, mailer, maxAttempts: 3 };
  const tell = async (audience: MailAudience) =>
    notifier(deps, mailChannel(deps, audience)).handle(await world.message('BookingAccepted'));
  const parked = async () =>
    (await world.history()).flatMap((event) => (event.type === 'NotificationParked' ? [event.data] : []));
  return {
    tell,
    parked,
    booking: around.after,
    mails: () => Promise.all(server.received.map(({ raw }) => readMail(raw))),
    to: () => server.received.flatMap((mail) => mail.to),
  };
};

const attendeesIn = (mail: Awaited<ReturnType<typeof readMail>> | undefined) =>
  mail?.calendarParts[0]?.calendar
    .getFirstSubcomponent('vevent')
    ?.getAllProperties('attendee')
    .map((attendee) => attendee.getFirstValue());

describe('an odd address in the log', () => {
  it('given the booker, then their mail alone is parked with the reason; guests and host are told', async () => {
    const { tell, parked, to, mails } = await given(ODD_LOOKING, ['kari@example.com']);
    expect(await tell('guests')).toMatchObject({ type: 'park' });
    expect(await tell('host')).toEqual({ type: 'ack' });
    expect(to()).toEqual(['kari@example.com', odd.email]);
    expect(await parked()).toEqual([
      expect.objectContaining({
        recipient: 'attendee',
        reason: "the recipient's address is none that mail can be sent to",
      }),
    ]);
    const toHost = (await mails())[1];
    expect(toHost?.header('reply-to')).toEqual([]);
    expect(toHost?.text).toContain('Please do not answer this mail: it would not reach Runa.');
    expect(attendeesIn(toHost)).toEqual(['mailto:kari@example.com']);
  });

  it('given one of the guests, then the others are told', async () => {
    const { tell, parked, to } = await given('runa@example.com', ['a..b@example.com', 'kari@example.com']);
    expect(await tell('guests')).toMatchObject({ type: 'park' });
    expect(to()).toEqual(['runa@example.com', 'kari@example.com']);
    expect((await parked()).map(({ recipient }: { readonly recipient?: unknown }) => recipient)).toEqual(['guest-1']);
  });

  it('given a booker beyond ASCII and no SMTPUTF8, then they alone are parked, and named to the host', async () => {
    const { tell, parked, to, mails } = await given('rúna@bücher.example', ['kari@example.com']);
    expect(await tell('guests')).toMatchObject({ type: 'park', reason: expect.stringContaining('SMTPUTF8') });
    expect(await tell('host')).toEqual({ type: 'ack' });
    expect(to()).toEqual(['kari@example.com', odd.email]);
    expect(await parked()).toHaveLength(1);
    const toHost = (await mails())[1];
    expect(toHost?.header('reply-to')).toEqual([]);
    expect(attendeesIn(toHost)).toEqual(['mailto:r%C3%BAna@xn--bcher-kva.example', 'mailto:kari@example.com']);
  });

  it('is left out of the calendar event, which people and the rest stay in', async () => {
    const { booking } = await given(ODD_LOOKING, ['kari@example.com', 'a..b@example.com']);
    const [sync] = booking.calendars;
    if (sync === undefined) throw new Error('the booking has no calendar');
    expect(calendarEventOf('booking1', booking, organizerOf(odd), sync).attendees).toEqual([
      { name: '', email: 'kari@example.com' },
    ]);
  });
});

describe('one mailbox written in several ways', () => {
  it('gets one mail and is one attendee, in the mails and in the calendar', async () => {
    const guests = [
      'RUNA@example.com',
      'kari@example.com',
      'Kari@EXAMPLE.com',
      'kari@example.com',
      'per@bücher.example',
    ];
    const { tell, to, mails, booking } = await given('runa@example.com', [...guests, 'per@xn--bcher-kva.example']);
    expect(await tell('guests')).toEqual({ type: 'ack' });
    expect(await tell('host')).toEqual({ type: 'ack' });
    expect(to()).toEqual(['runa@example.com', 'kari@example.com', 'per@bücher.example', odd.email]);
    const toHost = (await mails()).at(-1);
    expect(attendeesIn(toHost)).toEqual([
      'mailto:runa@example.com',
      'mailto:kari@example.com',
      'mailto:per@xn--bcher-kva.example',
    ]);
    const [sync] = booking.calendars;
    if (sync === undefined) throw new Error('the booking has no calendar');
    expect(calendarEventOf('booking1', booking, organizerOf(odd), sync).attendees.map(({ email }) => email)).toEqual([
      'runa@example.com',
      'kari@example.com',
      'per@bücher.example',
    ]);
    expect(toHost?.text).not.toContain('RUNA@example.com');
    expect(
      webhookFactsOf('booking1', booking, organizerOf(odd), undefined).attendees.map(({ email }) => email),
    ).toEqual(['runa@example.com', 'kari@example.com', 'per@bücher.example']);
  });
});
