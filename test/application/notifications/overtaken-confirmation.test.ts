import { describe, expect, it } from 'vitest';
import type { Mail } from '../../../src/application/ports/delivery.ts';
import {
  command,
  detailsCommand,
  instant,
  rescheduleCommand as move,
  watchCommand,
} from '../../../src/testing/index.ts';
import type { BookingCommand } from '../../../src/domain/booking/commands.ts';
import { odd } from '../../support/hosts.ts';
import { type Told, toldStory } from '../../support/told-story.ts';

const RUNA = 'runa@example.com';
const IDA = 'ida@example.net';
const everybody = [IDA, odd.email, RUNA].toSorted();
const { look, restore } = watchCommand;
const missing = { type: 'missing' } as const;
const later = { type: 'at', start: instant('15:00'), end: instant('15:30') } as const;
const asBooked = { type: 'at', start: instant('14:00'), end: instant('14:30') } as const;
const booking = [
  command.request({ guests: [IDA] }),
  command.startSync('work'),
  command.recordSuccess('work'),
  command.accept(),
];
const writing = (to: '14:00' | '15:00', attempt = 1) => [
  move.start('work', { to, attempt }),
  move.recordMove('work', { to, attempt }),
];
const written = [restore(), ...writing('14:00')];

const word = ({ to, subject, icalendar }: Mail): readonly [string, string, string] => [
  to.address,
  subject.split(':')[0] ?? '',
  icalendar?.method ?? 'none',
];
const said = ({ mails }: Told) => mails.map(word).toSorted();
const confirmedTo = (subject: string, ...addresses: ReadonlyArray<string>) =>
  addresses.map((address) => [address, address === IDA ? 'Invitation' : subject, 'REQUEST']).toSorted();

/** Accepted, and a person changes the event before any mail of that went out. */
const overtaken = async (...changes: ReadonlyArray<BookingCommand>) => {
  const story = toldStory();
  await story.happened(...booking, ...changes);
  return { ...story, first: await story.step() };
};

describe('a person changes the event before its confirmation went out', () => {
  it('given it is put back before anybody was told, then all get the confirmation, once', async () => {
    const { first, again } = await overtaken(look('work', missing), ...written);
    expect(said(first)).toEqual(confirmedTo('Confirmed', ...everybody));
    expect(said(await again())).toEqual([]);
  });

  it('given it is open when the mail is due, and stands then, then all get it, once', async () => {
    const { first, step, again } = await overtaken(look('work', missing));
    expect(said(first)).toEqual([[odd.email, 'Action needed', 'none']]);
    expect(said(await step(...written))).toEqual(
      [...confirmedTo('Now confirmed', odd.email), ...confirmedTo('Confirmed', IDA, RUNA)].toSorted(),
    );
    expect(said(await again())).toEqual([]);
    const back = [await step(look('work', missing, { at: '11:00' })), await step(restore(), ...writing('14:00', 2))];
    expect(back.flatMap(said)).toEqual([[odd.email, 'Action needed', 'none']]);
  });

  it('given the host is asked, then the guest reads so, and all get it when it stands', async () => {
    const { first, step, again } = await overtaken(look('work', missing, { deleted: 'pending' }));
    expect(said(first)).toEqual(
      [
        [odd.email, 'Action needed', 'none'],
        [RUNA, 'Not certain any more', 'none'],
      ].toSorted(),
    );
    const stands = await step(...written);
    expect(said(stands)).toEqual(confirmedTo('Now confirmed', ...everybody));
    expect(stands.mails.find(({ to }) => to.address === RUNA)?.text.replaceAll(/\s+/g, ' ')).toContain(
      'Earlier we wrote that it was not certain any more whether your booking stands. It is confirmed now.',
    );
    expect(said(await again())).toEqual([]);
  });

  it('given a person puts it back in the calendar, then all get the confirmation', async () => {
    const { step } = await overtaken(look('work', later, { moved: 'ask' }));
    expect(said(await step(look('work', asBooked, { at: '10:05' })))).toEqual(
      confirmedTo('Now confirmed', ...everybody),
    );
  });

  it('given the booking follows, then one mail carries all of it, and none has the old time', async () => {
    const { first, step, again } = await overtaken(look('work', later));
    expect(said(first)).toEqual([]);
    const moved = await step(move.request({ by: 'host' }), move.complete({ at: '10:01' }));
    expect(said(moved)).toEqual(everybody.map((to) => [to, 'Confirmed, at a new time', 'REQUEST']));
    for (const { text } of moved.mails) expect(text.replaceAll(/\s+/g, ' ')).toMatch(/is confirmed, at another time/);
    expect(said(await again())).toEqual([]);
    const back = [await step(look('work', missing, { at: '11:00' })), await step(restore(), ...writing('15:00'))];
    expect(back.flatMap(said)).toEqual([[odd.email, 'Action needed', 'none']]);
  });

  it('given it is cancelled in the end, then attendee, guests and host are told of that alone', async () => {
    const { step } = await overtaken(look('work', missing));
    const over = await step({ type: 'CancelForDifference', salt: 's', now: Date.parse(instant('10:02')) });
    expect(said(over)).toEqual(everybody.map((to) => [to, 'Cancelled', 'CANCEL']));
  });

  it('given any-of, and another calendar takes it at last, then it stands, and all are told', async () => {
    const story = toldStory();
    await story.happened(
      command.request({ guests: [IDA], calendars: ['work', 'home'] }),
      command.startSync('work'),
      command.recordSuccess('work'),
      command.startSync('home'),
      command.recordFailure('home', 'network'),
      command.accept(),
      look('work', missing, { deleted: 'pending' }),
    );
    await story.step();
    const stands = await story.step(
      command.startSync('home', { attempt: 2 }),
      command.recordSuccess('home', 'evt-2', { attempt: 2 }),
    );
    expect(said(stands)).toEqual(confirmedTo('Now confirmed', ...everybody));
    expect(stands.webhooks.map(({ trigger, payload }) => [trigger, payload.status])).toEqual([
      ['BOOKING_UPDATED', 'ACCEPTED'],
    ]);
  });
});

describe('what changes while it is open whether the booking stands', () => {
  const confirmed = async () => {
    const story = toldStory();
    await story.step(...booking, command.recordConfirmation('work'));
    await story.step(look('work', missing));
    return story;
  };

  it('another place is told at once to whom the confirmation came', async () => {
    const { step } = await confirmed();
    const told = await step(detailsCommand.changeLocation('Storgata 2'));
    expect(said(told).map(([to]) => to)).toEqual(everybody);
    for (const { text } of told.mails) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(
        'Only the place has changed. Whether the booking stands is still open',
      );
      expect(text).not.toContain('stays as it is');
    }
    const removed = await step(detailsCommand.removeGuest(1));
    expect(said(removed).map(([to]) => to)).toEqual(everybody);
    expect(said(await step(...written))).toEqual([]);
  });

  it('a new guest is invited when it stands, and the others hear of them at once', async () => {
    const { step, again } = await confirmed();
    expect(said(await step(detailsCommand.addGuests(['per@example.net']))).map(([to]) => to)).toEqual(
      [odd.email, RUNA].toSorted(),
    );
    expect(said(await step(...written))).toEqual([['per@example.net', 'Invitation', 'REQUEST']]);
    expect(said(await again())).toEqual([]);
  });

  it('the mailbox is verified meanwhile: the guests are invited when it stands', async () => {
    const story = toldStory();
    const [, ...rest] = booking;
    await story.step(command.request({ guests: [IDA], invitesOnceVerified: true }), ...rest);
    await story.step(look('work', missing));
    expect(said(await story.step(command.verifyMailbox()))).toEqual([]);
    expect(said(await story.step(...written))).toEqual([[IDA, 'Invitation', 'REQUEST']]);
    expect(said(await story.again())).toEqual([]);
  });

  it('the confirmation that was overtaken tells of the new place, and nothing tells of it before', async () => {
    const { step } = await overtaken(look('work', missing), detailsCommand.changeLocation('Storgata 2'));
    const stands = await step(...written);
    expect(said(stands)).toEqual(
      [...confirmedTo('Now confirmed', odd.email), ...confirmedTo('Confirmed', IDA, RUNA)].toSorted(),
    );
    for (const { text } of stands.mails) expect(text).toContain('Storgata 2');
  });
});
