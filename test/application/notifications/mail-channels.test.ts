import { describe, expect, it } from 'vitest';
import type { MailFailure } from '../../../src/application/ports/delivery.ts';
import { mailChannel } from '../../../src/application/notifications/mail-channels.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import type { MailAudience } from '../../../src/application/notifications/mails-due.ts';
import { command, rescheduleCommand as move } from '../../../src/testing/index.ts';
import { odd } from '../../support/hosts.ts';
import { keepingMailer, mailSettings, notifiedWorld } from '../../support/notified-world.ts';

const RUNA = 'runa@example.com';
const KARI = 'kari@example.com';
const accepted = [command.request(), command.startSync('work'), command.recordSuccess('work'), command.accept()];
const left = [
  command.request(),
  command.startSync('work'),
  command.recordFailure('work', 'forbidden'),
  command.leavePending('calendar_sync_failed'),
];

/** `asked`: every address that a mail was handed over for. */
const post = (refusals: Parameters<typeof keepingMailer>[0] = {}, asked: string[] = []) => {
  const world = notifiedWorld();
  const box = keepingMailer(refusals, asked);
  const deps = { ...world, ...mailSettings, mailer: box.mailer, maxAttempts: 3 };
  const group = (audience: MailAudience) => notifier(deps, mailChannel(deps, audience));
  return { ...world, ...box, asked, group };
};

describe('mails', () => {
  it('given an acceptance, when the guests are told, then only they get a confirmation; it is in the log', async () => {
    const { happened, message, group, sent, to, history } = post();
    await happened(...accepted);
    expect(await group('guests').handle(await message('BookingAccepted'))).toEqual({ type: 'ack' });
    expect(to()).toEqual([RUNA]);
    expect((await history()).at(-1)).toMatchObject({
      type: 'NotificationSent',
      data: { channel: 'mail', notification: 'confirmed', recipient: 'attendee', messageId: sent[0]?.messageId },
    });
  });

  it('I5 given the same message again, then nobody is told twice', async () => {
    const { happened, message, group, to } = post();
    await happened(...accepted);
    const delivery = await message('BookingAccepted');
    await group('host').handle(delivery);
    expect(await group('host').handle(delivery)).toEqual({ type: 'ack' });
    expect(to()).toEqual([odd.email]);
  });

  it('I4 given a request that was moved while it waited, then guests are told by the confirmation', async () => {
    const { happened, message, group, asked, to } = post({ [RUNA]: { type: 'try-later', message: '451 later' } });
    const request = command.request({ guests: [KARI], requiresApproval: true });
    await happened(request, command.leavePending('awaiting_approval'), move.request(), move.complete());
    expect(await group('guests').handle(await message('BookingRescheduled'))).toMatchObject({ type: 'retry' });
    await happened(command.approve(), ...accepted.slice(1));
    await group('guests').handle(await message('BookingAccepted'));
    expect(to()).toEqual([KARI]);
    await group('guests').handle(await message('BookingRescheduled', 2));
    expect(asked.filter((address) => address === KARI)).toHaveLength(1);
  });

  it('S45 given a server that says later, then it is tried again, and parked after the last attempt', async () => {
    const { happened, message, group, types } = post({ [RUNA]: { type: 'try-later', message: '451 later' } });
    await happened(...accepted);
    expect(await group('guests').handle(await message('BookingAccepted', 1))).toMatchObject({ type: 'retry' });
    expect(await types()).not.toContain('NotificationParked');
    expect(await group('guests').handle(await message('BookingAccepted', 3))).toMatchObject({ type: 'park' });
    expect(await types()).toContain('NotificationParked');
  });

  it('given a mailbox that is refused for good, then it is parked at once, for an operator to send again', async () => {
    const refusals: Record<string, MailFailure> = { [RUNA]: { type: 'refused', message: '550 no such user' } };
    const { happened, message, group, history, to } = post(refusals);
    await happened(...accepted);
    expect(await group('guests').handle(await message('BookingAccepted'))).toMatchObject({ type: 'park' });
    expect((await history()).at(-1)).toMatchObject({
      type: 'NotificationParked',
      data: { reason: '550 no such user' },
    });
    delete refusals[RUNA];
    // As another node meets it, or this one after a crash.
    expect(await group('guests').handle(await message('BookingAccepted'))).toMatchObject({ type: 'park' });
    expect(to()).toEqual([]);
    const replayed = { ...(await message('BookingAccepted')), replayed: true };
    expect(await group('guests').handle(replayed)).toEqual({ type: 'ack' });
    expect(to()).toEqual([RUNA]);
  });

  it('given one guest refused and another told to wait, then the retry leaves the refused one alone', async () => {
    const asked: string[] = [];
    const refusals: Record<string, MailFailure> = {
      [RUNA]: { type: 'refused', message: '550' },
      [KARI]: { type: 'try-later', message: '451' },
    };
    const { happened, message, group, to } = post(refusals, asked);
    const [request, ...then] = accepted;
    if (request?.type !== 'RequestBooking') throw new Error('the first command is the request');
    const personal = { ...request.request.personal, guests: [KARI] };
    await happened({ ...request, request: { ...request.request, personal } }, ...then);

    expect(await group('guests').handle(await message('BookingAccepted', 1))).toMatchObject({ type: 'retry' });
    delete refusals[KARI];
    expect(await group('guests').handle(await message('BookingAccepted', 2))).toMatchObject({ type: 'park' });

    expect(to()).toEqual([KARI]);
    expect(asked).toEqual([RUNA, KARI, KARI]);
  });

  it('I4 given a late confirmation, when the booking was cancelled meanwhile, then it is not sent', async () => {
    const { happened, message, group, to } = post();
    await happened(...accepted, command.cancel('guest'));
    expect(await group('guests').handle(await message('BookingAccepted'))).toEqual({ type: 'ack' });
    expect(to()).toEqual([]);
    await group('guests').handle(await message('BookingCancelled'));
    expect(to()).toEqual([RUNA]);
  });

  it('S07 given "not confirmed" was sent, when the late success is told, then the mail takes it back', async () => {
    const { happened, message, group, sent } = post();
    await happened(...left);
    await group('guests').handle(await message('BookingLeftPending'));
    await happened(
      command.startSync('work', { attempt: 2 }),
      command.recordSuccess('work', 'evt-1', { attempt: 2 }),
      command.accept(),
    );
    await group('guests').handle(await message('BookingAccepted'));
    expect(sent.map(({ subject }) => subject.split(':')[0])).toEqual(['Not confirmed yet', 'Now confirmed']);
  });

  it('S07 given only the host had the bad news, then the good news takes it back for the host alone', async () => {
    const { happened, message, group, sent } = post();
    await happened(...left);
    await group('host').handle(await message('BookingLeftPending'));
    await happened(
      command.startSync('work', { attempt: 2 }),
      command.recordSuccess('work', 'evt-1', { attempt: 2 }),
      command.accept(),
    );
    await group('host').handle(await message('BookingAccepted'));
    await group('guests').handle(await message('BookingAccepted'));
    expect(sent.map(({ subject }) => subject.split(':')[0])).toEqual(['Action needed', 'Now confirmed', 'Confirmed']);
  });

  it('given a host that is configured no more, then both are told from the log', async () => {
    const world = post();
    await world.happened(...accepted);
    const deps = { ...world, ...mailSettings, findHost: () => undefined, maxAttempts: 3 };
    for (const audience of ['host', 'guests'] as const)
      expect(await notifier(deps, mailChannel(deps, audience)).handle(await world.message('BookingAccepted'))).toEqual({
        type: 'ack',
      });
    expect(world.to()).toEqual([odd.email, RUNA]);
  });

  it('given a host with a new address since the request, then that gets the mail, and ORGANIZER stays', async () => {
    const world = post();
    await world.happened(...accepted);
    const findHost = () => ({ ...odd, email: 'new@example.com' });
    const deps = { ...world, ...mailSettings, findHost, maxAttempts: 3 };
    await notifier(deps, mailChannel(deps, 'host')).handle(await world.message('BookingAccepted'));
    expect(world.to()).toEqual(['new@example.com']);
    const invitation = world.sent[0]?.icalendar?.content.replaceAll(/\r?\n /g, '') ?? '';
    expect(/^ORGANIZER.*$/m.exec(invitation)?.[0]).toContain('odd@example.com');
  });

  it('given a log that does not know the host, then guests are told without invitation, the rest parks', async () => {
    const world = post();
    const [request, ...then] = accepted;
    if (request?.type !== 'RequestBooking') throw new Error('the first command is the request');
    const personal = { ...request.request.personal, organizer: null };
    await world.happened({ ...request, request: { ...request.request, personal } }, ...then, command.cancel('guest'));
    const deps = { ...world, ...mailSettings, findHost: () => undefined, maxAttempts: 3 };
    const cancelled = await world.message('BookingCancelled');
    expect(await notifier(deps, mailChannel(deps, 'guests')).handle(cancelled)).toEqual({ type: 'ack' });
    expect(await notifier(deps, mailChannel(deps, 'host')).handle(cancelled)).toMatchObject({ type: 'park' });
    expect(world.sent).toMatchObject([{ to: { address: RUNA }, subject: expect.stringContaining('Cancelled') }]);
    expect(world.sent[0]).not.toHaveProperty('icalendar');
    expect(world.sent[0]).not.toHaveProperty('replyTo');
  });

  it.each([
    ['Win at https://evil.example/x', 'Win at https: //evil. example/x'],
    ['www.evil.com', 'www. evil. com'],
    ['EVIL\u3002COM', 'EVIL\u3002 COM'],
    ['me@evil.example', 'me @ evil. example'],
    ['J.R.R. St.Clair', 'J. R. R. St. Clair'],
    ['Anne-Marie O\u2019Neill', 'Anne-Marie O\u2019Neill'],
  ])('given the name %s, then no mail program makes a link of it', async (name, shown) => {
    const world = post();
    const [request, ...then] = accepted;
    if (request?.type !== 'RequestBooking') throw new Error('the first command is the request');
    const { personal } = request.request;
    const attendee = { ...personal.attendee, name };
    await world.happened({ ...request, request: { ...request.request, personal: { ...personal, attendee } } }, ...then);
    for (const audience of ['host', 'guests'] as const)
      await world.group(audience).handle(await world.message('BookingAccepted'));
    expect(world.sent).toHaveLength(2);
    for (const { text, html, subject, icalendar } of world.sent)
      for (const part of [text, html, subject, icalendar?.content ?? ''])
        if (name !== shown) expect(part).not.toContain(name);
    expect(world.sent.at(0)?.text).toContain(shown);
  });

  it('waits as the policy says', () => {
    const { group } = post();
    expect([1, 2, 3, 20].map(group('host').backoffMs)).toEqual([1_000, 2_000, 4_000, 60_000]);
  });
});
