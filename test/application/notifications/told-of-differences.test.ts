import { describe, expect, it } from 'vitest';
import type { Mail } from '../../../src/application/ports/delivery.ts';
import { command, instant, rescheduleCommand as move, watchCommand } from '../../../src/testing/index.ts';
import { odd } from '../../support/hosts.ts';
import { timesWithoutZone } from '../../support/times-without-zone.ts';
import { type Told, toldStory } from '../../support/told-story.ts';

const RUNA = 'runa@example.com';
const booking = [
  command.request(),
  command.startSync('work'),
  command.recordSuccess('work'),
  command.accept(),
  command.recordConfirmation('work'),
];
const { look, restore } = watchCommand;
const missing = { type: 'missing' } as const;
const at = (from: string, until: string) => ({ type: 'at', start: instant(from), end: instant(until) }) as const;
const later = at('15:00', '15:30');
const NO_TIME = ' Europe/Oslo (UTC+02:00)';
const HOST_PAGE = 'Open the booking to undo it: https://book.example/bookings/booking1/host?token=host';

const flat = ({ text }: Mail): string => text.replaceAll(/\s+/g, ' ');
const to = ({ mails }: Told, address: string): string => {
  const [mail, ...more] = mails.filter((one) => one.to.address === address);
  if (mail === undefined || more.length > 0) throw new Error(`${more.length + 1} mails to ${address}`);
  const all = `${mail.subject} | ${flat(mail)}`;
  expect(timesWithoutZone(all)).toEqual([]);
  expect(`${all} ${mail.html}`).not.toMatch(/undefined|\bnull\b|NaN|\[object/);
  return all;
};
const addressees = ({ mails }: Told) => mails.map((mail) => mail.to.address).toSorted();
const posted = ({ webhooks }: Told) => webhooks.map(({ trigger, payload }) => [trigger, payload.status]);

const given = async () => {
  const story = toldStory();
  const first = await story.step(...booking);
  expect(posted(first)).toEqual([['BOOKING_CREATED', 'ACCEPTED']]);
  return story;
};

describe('what a person did in a calendar, as people and programs are told of it', () => {
  it('deleted, cancel: programs that it is open, the host until when it can be undone; then it is off', async () => {
    const { step } = await given();
    const found = await step(look('work', missing, { at: '10:00' }));
    expect(addressees(found)).toEqual([odd.email]);
    const host = to(found, odd.email);
    expect(host).toMatch(/^Action needed: /);
    expect(host).toContain(`It does not hold the event any more, as was found on`);
    expect(host).toMatch(/The booking is cancelled at .*12:02.*, and Runa is told\./);
    expect(host).toContain(HOST_PAGE);
    expect(host).not.toContain('token=guest');
    expect(posted(found)).toEqual([['BOOKING_UPDATED', 'PENDING']]);
    const over = await step({ type: 'CancelForDifference', salt: 's', now: Date.parse(instant('10:02')) });
    expect(addressees(over)).toEqual([odd.email, RUNA].toSorted());
    expect(to(over, RUNA)).toContain('the host removed it from their calendar');
    expect(posted(over)).toEqual([['BOOKING_CANCELLED', 'CANCELLED']]);
  });

  it('deleted, pending: the host is asked, the guest reads that it is open; written again it stands', async () => {
    const { step } = await given();
    const found = await step(look('work', missing, { deleted: 'pending' }));
    expect(addressees(found)).toEqual([odd.email, RUNA].toSorted());
    expect(to(found, odd.email)).toMatch(
      /Nothing is done before you say what you want\. If you say nothing until .*16:00/,
    );
    expect(to(found, odd.email)).toContain(HOST_PAGE);
    expect(to(found, RUNA)).toMatch(/^Not certain any more: /);
    expect(to(found, RUNA)).toContain('Holdfast asked Odd what is meant. The time stays held for you until then.');
    expect(to(found, RUNA)).not.toContain('token=host');
    expect(posted(found)).toEqual([['BOOKING_UPDATED', 'PENDING']]);
    const stands = await step(restore(), move.start('work', { to: '14:00' }), move.recordMove('work', { to: '14:00' }));
    expect(addressees(stands)).toEqual([RUNA]);
    expect(to(stands, RUNA)).toMatch(/^Confirmed: .*Your booking stands as it was/);
    expect(to(stands, RUNA)).toMatch(/holds your booking, at the time that you booked, as was seen on .*12:00/);
    expect(posted(stands)).toEqual([['BOOKING_UPDATED', 'ACCEPTED']]);
  });

  it('deleted, restore: the host reads that it is written again, programs when it stands', async () => {
    const { step } = await given();
    const found = await step(look('work', missing, { deleted: 'restore' }));
    expect(addressees(found)).toEqual([odd.email]);
    expect(to(found, odd.email)).toContain('Holdfast writes it again, as it was booked.');
    // Nothing waits for the host, and nothing is left to undo.
    expect(to(found, odd.email)).toMatch(/^Changed in your calendar: /);
    expect(to(found, odd.email)).not.toContain('undo it');
    const stands = await step(move.start('work', { to: '14:00' }), move.recordMove('work', { to: '14:00' }));
    expect(addressees(stands)).toEqual([]);
    expect([...posted(found), ...posted(stands)]).toEqual([
      ['BOOKING_UPDATED', 'PENDING'],
      ['BOOKING_UPDATED', 'ACCEPTED'],
    ]);
  });

  it('moved, follow: nobody hears of the finding but programs; all hear of the move', async () => {
    const { step } = await given();
    const found = await step(look('work', later));
    expect(addressees(found)).toEqual([]);
    expect(posted(found)).toEqual([['BOOKING_UPDATED', 'PENDING']]);
    const followed = await step(move.request({ by: 'host' }), move.complete());
    expect(addressees(followed)).toEqual([odd.email, RUNA].toSorted());
    expect(to(followed, RUNA)).toMatch(new RegExp(`^Rescheduled: .*17:00${RegExp.escape(NO_TIME)}`));
    expect(posted(followed)).toEqual([['BOOKING_RESCHEDULED', 'ACCEPTED']]);
  });

  it('moved, follow, and the time is taken: the host is asked instead, and the guest reads so', async () => {
    const { step } = await given();
    await step(look('work', later));
    const asked = await step({
      type: 'RecordNotFollowed',
      calendarId: 'work',
      reason: 'slot_taken',
      takenBy: 'booking2',
      now: 0,
    });
    expect(addressees(asked)).toEqual([odd.email, RUNA].toSorted());
    expect(to(asked, odd.email)).toMatch(/It shows the event from .*17:00.* to .*17:30.*, as was found on/);
    expect(to(asked, odd.email)).toContain(
      'The booking could not follow: another booking has that time (booking booking2). Nothing is done before',
    );
    expect(to(asked, RUNA)).not.toContain('booking2');
    expect(posted(asked)).toEqual([]);
  });

  it('moved, ask: the host is asked, and what is put back by hand stands', async () => {
    const { step } = await given();
    const found = await step(look('work', later, { moved: 'ask' }));
    expect(addressees(found)).toEqual([odd.email, RUNA].toSorted());
    expect(to(found, odd.email)).toContain(HOST_PAGE);
    const stands = await step(look('work', at('14:00', '14:30'), { at: '10:05' }));
    expect(addressees(stands)).toEqual([RUNA]);
    expect(posted(found).concat(posted(stands))).toEqual([
      ['BOOKING_UPDATED', 'PENDING'],
      ['BOOKING_UPDATED', 'ACCEPTED'],
    ]);
  });

  it('cancelled there, and another organizer: each in its words', async () => {
    const { step } = await given();
    const other = await step(look('work', { type: 'other-organizer' }));
    expect(to(other, odd.email)).toContain('names somebody else as its organizer. Its time is as booked');
    expect(to(other, odd.email)).not.toContain('undo it');
    expect(posted(other)).toEqual([]);
    const found = await step(look('work', { type: 'cancelled' }));
    expect(to(found, odd.email)).toContain('It shows the event as cancelled, as was found on');
  });

  it('killed between the fact and the mail: the next start tells it, and none after that does', async () => {
    const { happened, again, step } = await given();
    await happened(look('work', missing, { deleted: 'pending' }));
    const told = await again();
    expect(addressees(told)).toEqual([odd.email, RUNA].toSorted());
    expect(posted(told)).toEqual([['BOOKING_UPDATED', 'PENDING']]);
    for (const repeated of [await again(), await step(look('work', missing, { deleted: 'pending' }))])
      expect([addressees(repeated), posted(repeated)]).toEqual([[], []]);
  });

  it('any-of, and another calendar holds it: nothing follows, and the mail says who holds it since when', async () => {
    const story = toldStory();
    await story.step(
      command.request({ calendars: ['work', 'home'] }),
      command.startSync('work'),
      command.recordSuccess('work'),
      command.startSync('home'),
      command.recordSuccess('home', 'evt-2'),
      command.accept(),
    );
    const found = await story.step(look('work', missing));
    expect(addressees(found)).toEqual([odd.email]);
    expect(to(found, odd.email)).toMatch(
      /^Changed in your calendar: .*Nothing follows: another of your calendars holds the booking \(\w+, last seen on .*12:00/,
    );
    expect(posted(found)).toEqual([]);
  });
});
