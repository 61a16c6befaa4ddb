import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import type { Mail } from '../../../src/application/ports/delivery.ts';
import { command, detailsCommand, rescheduleCommand as move } from '../../../src/testing/index.ts';
import { odd } from '../../support/hosts.ts';
import { timesWithoutZone } from '../../support/times-without-zone.ts';
import { type Told, toldStory } from '../../support/told-story.ts';

const [RUNA, KARI] = ['runa@example.com', 'kari@example.net'];
const OLD = '16:00 – 16:30 Europe/Oslo (UTC+02:00)';
const NEW = '17:00 – 17:30 Europe/Oslo (UTC+02:00)';

const booking = [
  command.request({ guests: [KARI] }),
  command.startSync('work'),
  command.recordSuccess('work'),
  command.accept(),
];
const movedByCalendar = [move.start('work'), move.recordMove('work'), move.complete()];

const flat = ({ text }: Mail): string => text.replaceAll(/\s+/g, ' ');
const to = ({ mails }: Told, address: string): Mail => {
  const found = mails.filter((mail) => mail.to.address === address);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} mails to ${address}`);
  return found[0];
};
const addressees = ({ mails }: Told) => mails.map((mail) => mail.to.address).toSorted();

/** METHOD, UID, SEQUENCE and start of the invitation in a mail; null: it has none. */
const invitation = ({ icalendar }: Mail) => {
  if (icalendar === undefined) return null;
  const calendar = new ICAL.Component(ICAL.parse(icalendar.content));
  const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent') ?? undefined);
  expect(calendar.getFirstPropertyValue('method')).toBe(icalendar.method);
  return [icalendar.method, event.uid, event.sequence, event.startDate.toJSDate().toISOString().slice(11, 16)];
};

/** Whatever else a mail says. */
const plainly = (told: Told): void => {
  for (const mail of told.mails) {
    const all = `${mail.subject}\n${flat(mail)}\n${mail.html}`;
    expect(timesWithoutZone(`${mail.subject}\n${flat(mail)}`)).toEqual([]);
    expect(all).not.toMatch(/localhost|127\.0\.0\.|\[::1\]|undefined|\bnull\b|NaN|\[object/);
    if (mail.to.address === KARI) expect(all).not.toMatch(/token=|runa@|odd@/);
    if (mail.to.address === RUNA) expect(all).not.toContain('token=host');
    if (mail.to.address === odd.email) expect(all).not.toContain('token=guest');
  }
};

describe('mails of a move', () => {
  it('S30 REQUEST 0, REQUEST 1, CANCEL 2 on one UID, to attendee, guest and host', async () => {
    const { step } = toldStory();
    const chain = [
      [await step(...booking), 'REQUEST', 0, '14:00'],
      [await step(move.request(), ...movedByCalendar), 'REQUEST', 1, '15:00'],
      [await step(command.cancel()), 'CANCEL', 2, '15:00'],
    ] as const;
    for (const [told, method, sequence, start] of chain) {
      expect(addressees(told)).toEqual([KARI, odd.email, RUNA].toSorted());
      for (const mail of told.mails) expect(invitation(mail)).toEqual([method, 'booking1@holdfast', sequence, start]);
      plainly(told);
    }
  });

  it('I4 told after the booking was cancelled: nobody is asked to come, what came is taken back', async () => {
    const { step } = toldStory();
    const told = await step(...booking, move.request(), ...movedByCalendar, command.cancel());
    for (const mail of told.mails) expect(invitation(mail)).toEqual(['CANCEL', 'booking1@holdfast', 2, '15:00']);
    expect(addressees(told)).toEqual([KARI, odd.email, RUNA].toSorted());
  });

  it('I4 the same of a guest who was removed before: told once, by a message of their own', async () => {
    const { step } = toldStory();
    const told = await step(...booking, detailsCommand.removeGuest(1), command.cancel());
    expect(addressees(told)).toEqual([KARI, odd.email, RUNA].toSorted());
    for (const mail of told.mails) expect(mail.icalendar?.method).toBe('CANCEL');
  });

  it('done: everybody reads both times, and who moved it; the new one is in the subject', async () => {
    const { step } = toldStory();
    await step(...booking);
    const told = await step(move.request({ by: 'host' }), ...movedByCalendar);
    for (const mail of told.mails) {
      expect(mail.subject).toMatch(/^Rescheduled: Intro with \w+, .*17:00 Europe\/Oslo \(UTC\+02:00\)$/);
      expect(flat(mail)).toMatch(new RegExp(`Old time: .*${RegExp.escape(OLD)} New time: .*${RegExp.escape(NEW)}`));
      expect(flat(mail)).toContain('The new time holds from now on, the old one does not any more.');
    }
    expect(flat(to(told, odd.email))).toContain('You moved the booking.');
    expect(flat(to(told, RUNA))).toContain('Odd moved the booking.');
    expect(flat(to(told, KARI))).toContain('Odd moved the booking.');
    plainly(told);
  });

  it('S32 asked for, where the host decides: attendee and host read both times; guests hear nothing', async () => {
    const { step } = toldStory();
    await step(...booking);
    const told = await step(move.request({ approvalNeeded: true }));
    expect(addressees(told)).toEqual([odd.email, RUNA].toSorted());
    const [host, attendee] = [to(told, odd.email), to(told, RUNA)];
    expect(host.subject).toMatch(/^New time wanted: /);
    expect(flat(host)).toContain('Runa asked for another time. The old time stays in force until you say yes.');
    expect(flat(host)).toContain('Approve or decline: https://book.example/bookings/booking1/host?token=host');
    expect(flat(host)).toMatch(
      /Without an answer by .* Europe\/Oslo \(UTC\+02:00\) the old time stays, and Runa is told\./,
    );
    expect(flat(host)).toContain('Opening the page decides nothing; you approve or decline there.');
    expect(flat(attendee)).toContain('You asked for another time. The old time stays in force until Odd says yes.');
    for (const mail of told.mails) {
      expect(flat(mail)).toMatch(new RegExp(`In force: .*${RegExp.escape(OLD)} Asked for: .*${RegExp.escape(NEW)}`));
      expect(invitation(mail)).toBeNull();
    }
    expect(told.webhooks.map(({ trigger }) => trigger)).toEqual(['BOOKING_REQUESTED']);
    plainly(told);
  });

  it('S32 declined by the host: the attendee reads that the old time stays, and nothing else changes', async () => {
    const { step } = toldStory();
    await step(...booking);
    await step(move.request({ approvalNeeded: true }));
    const told = await step(command.reject({ reason: 'Away then' }));
    expect(addressees(told)).toEqual([RUNA]);
    const mail = to(told, RUNA);
    expect(mail.subject).toMatch(/^New time declined: .*16:00 Europe\/Oslo \(UTC\+02:00\)$/);
    expect(flat(mail)).toContain('Odd declined the new time. The booking stays as it is.');
    expect(flat(mail)).toMatch(new RegExp(`In force: .*${RegExp.escape(OLD)} Declined: .*${RegExp.escape(NEW)}`));
    expect(invitation(mail)).toBeNull();
    plainly(told);
  });

  it('refused by the calendar: the old time stays; the host reads why, the attendee not', async () => {
    const { step } = toldStory();
    await step(...booking);
    const told = await step(
      move.request(),
      move.start('work'),
      move.recordFailure('work'),
      move.fail('calendar_refused'),
    );
    expect(addressees(told)).toEqual([odd.email, RUNA].toSorted());
    for (const mail of told.mails) {
      expect(mail.subject).toMatch(/^Not rescheduled: /);
      expect(flat(mail)).toContain('The old time stays in force, and the new one is free again.');
      expect(flat(mail)).toMatch(new RegExp(`In force: .*${RegExp.escape(OLD)} Not possible: .*${RegExp.escape(NEW)}`));
      expect(invitation(mail)).toBeNull();
    }
    expect(flat(to(told, odd.email))).toContain('at the new time: forbidden');
    expect(flat(to(told, RUNA))).not.toContain('forbidden');
    plainly(told);
  });

  it('nobody approved it in time: both read so, and the old time stays', async () => {
    const { step } = toldStory();
    await step(...booking);
    await step(move.request({ approvalNeeded: true }));
    const told = await step(move.fail('approval_missed', { at: '15:00' }));
    expect(addressees(told)).toEqual([odd.email, RUNA].toSorted());
    for (const mail of told.mails) {
      expect(flat(mail)).toContain('The new time was not approved in time.');
      expect(invitation(mail)).toBeNull();
    }
    plainly(told);
  });

  it('another new time is asked for: only that one is told', async () => {
    const { step } = toldStory();
    await step(...booking);
    await step(move.request({ approvalNeeded: true }));
    const told = await step(move.request({ approvalNeeded: true, id: 'move2', to: '16:00' }));
    expect(addressees(told)).toEqual([odd.email, RUNA].toSorted());
    for (const mail of told.mails) expect(flat(mail)).toContain('Asked for: Monday, 5 September 2050 18:00 – 18:30');
    plainly(told);
  });
});
