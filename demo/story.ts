import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { readIdentity } from '../src/adapters/icalendar/read-icalendar.ts';
import type { Booking, HistoryEvent } from '../src/cli/api/answers.ts';
import { describeApiFailure } from '../src/cli/api/client.ts';
import { minute, second } from '../src/cli/terminal.ts';
import type { DemoGuest, ReadMail } from './demo-guest.ts';
import { guestEmail, hostEmail } from './demo-server.ts';
import type { Narrator } from './narrator.ts';
import type { StandInCalendar } from './stand-in-calendar.ts';

export type Scene = {
  readonly narrator: Narrator;
  readonly guest: DemoGuest;
  readonly calendar: StandInCalendar;
  /** All mails that were sent so far, oldest first. */
  readonly mails: () => Promise<ReadonlyArray<ReadMail>>;
};

/** Lines of a mail's text that are shown. */
const SHOWN_LINES = 4;

const whyPending = ({ pendingReason }: Booking): string => pendingReason ?? 'no reason given';
const subjects = (mails: ReadonlyArray<ReadMail>): string =>
  mails.length === 0 ? 'no mail' : mails.map(({ to, subject }) => `"${subject}" to ${to}`).join(', ');

/** Waits for a mail and shows how it begins. */
const awaitMail = async (scene: Scene, promise: string, to: string, subject: RegExp): Promise<void> => {
  const { narrator, mails } = scene;
  const mail = await narrator.await(promise, async () => {
    const sent = await mails();
    const value = sent.find((one) => one.to === to && subject.test(one.subject));
    return value === undefined ? { found: false, seen: subjects(sent) } : { found: true, value };
  });
  narrator.quote(`To: ${mail.to}`);
  narrator.quote(`Subject: ${mail.subject}`);
  // A label at the end would promise a line that is not shown.
  for (const line of mail.lines.slice(0, SHOWN_LINES).filter((one) => !one.endsWith(':'))) narrator.quote(line);
};

const isConfirmation = ({ subject }: ReadMail): boolean => /^(Now confirmed|Confirmed|Invitation)/i.test(subject);

const requestWhileRefusing = async ({ narrator, guest, calendar }: Scene): Promise<Booking> => {
  narrator.act('A guest books while the calendar refuses to be written');
  narrator.say('The calendar is a stand-in: a small CalDAV server inside this demo. It can be read, and answers 503');
  narrator.say('to every write, as a server does whose disk is full. Everything else is real.');
  const [start] = await guest.slots();
  if (start === undefined) throw new Error('no free slot in a week of working days');
  narrator.say(`GET /v2/slots: the first free time is ${minute(start)}`);
  const booked = await guest.book(start);
  const seen = E.isLeft(booked)
    ? describeApiFailure(booked.left)
    : `${booked.right.status}, ${whyPending(booked.right)}`;
  narrator.say(`POST /v2/bookings: ${seen}`);
  narrator.promise(
    'the answer is PENDING and says why: the calendar could not be written',
    E.isRight(booked) && booked.right.status === 'pending' && booked.right.pendingReason === 'calendar_sync_failed',
    seen,
  );
  narrator.promise('the calendar was asked', calendar.refusals() > 0, 'no write reached the calendar');
  narrator.promise('the calendar holds nothing', calendar.objects().length === 0, 'an event in the calendar');
  // The promise above has looked: it is a booking.
  return pipe(
    booked,
    E.getOrElse((): Booking => {
      throw new Error(seen);
    }),
  );
};

const slotIsHeld = async ({ narrator, guest }: Scene, { start }: Booking): Promise<void> => {
  narrator.act('The time is held all the same');
  const again = await guest.book(start);
  const seen = E.isLeft(again) ? describeApiFailure(again.left) : `a second booking, ${again.right.status}`;
  narrator.say(`POST /v2/bookings for the same time: ${seen}`);
  const refused = E.isLeft(again) && again.left.type === 'Refused' && again.left.status === 409;
  narrator.promise('somebody else who wants this time gets 409', refused, seen);
  const free = await guest.slots();
  narrator.promise('the slot list agrees: the time is not offered', !free.includes(start), `${start} is offered`);
};

const everybodyIsTold = async (scene: Scene): Promise<void> => {
  const { narrator, mails } = scene;
  narrator.act('Nobody is left without word, and nobody is told "confirmed"');
  await awaitMail(scene, 'the guest is told: received, not confirmed', guestEmail, /not confirmed yet/i);
  await awaitMail(scene, 'the host is told: action needed, which calendar and why', hostEmail, /action needed/i);
  const sent = await mails();
  narrator.promise('no confirmation went out', !sent.some(isConfirmation), subjects(sent));
};

const calendarComesBack = async (scene: Scene, { uid, icsUid }: Booking): Promise<void> => {
  const { narrator, guest, calendar, mails } = scene;
  narrator.act('The calendar comes back');
  const before = await guest.booking(uid);
  narrator.promise('until then the booking was PENDING', before.status === 'pending', before.status);
  calendar.acceptWrites(true);
  narrator.say('The stand-in takes writes again. Nobody does anything: the next retry writes the event.');
  await narrator.await('the booking becomes ACCEPTED on its own', async () => {
    const value = await guest.booking(uid);
    const seen = `still ${value.status}, ${whyPending(value)}, after ${calendar.refusals()} refused writes`;
    return value.status === 'accepted' ? { found: true, value } : { found: false, seen };
  });
  await awaitMail(scene, 'now the guest is told: confirmed', guestEmail, /now confirmed/i);
  await awaitMail(scene, 'and so is the host', hostEmail, /confirmed/i);
  const confirmations = (await mails()).filter(isConfirmation);
  narrator.promise('one confirmation for each, no more', confirmations.length === 2, subjects(confirmations));
  const held = calendar.objects();
  const [identity] = held.map(readIdentity);
  narrator.promise('the calendar holds exactly one event', held.length === 1, `${held.length} events`);
  const isOurs = identity !== undefined && E.isRight(identity) && identity.right.uid === icsUid;
  narrator.promise('and it is the event of this booking', isOurs, 'another UID');
};

const positions = (events: ReadonlyArray<HistoryEvent>, type: string): ReadonlyArray<number> =>
  events.flatMap((event, index) => (event.type === type ? [index] : []));

const historyProvesIt = async ({ narrator, guest }: Scene, { uid }: Booking): Promise<void> => {
  narrator.act(`The history: GET /v2/bookings/${uid}/events`);
  const events = await guest.history(uid);
  for (const { occurredAt, text } of events) narrator.quote(`${second(occurredAt)}  ${text}`);
  const types = events.map(({ type }) => type).join(', ');
  const [accepted, ...more] = positions(events, 'BookingAccepted');
  const [held] = positions(events, 'CalendarSyncSucceeded');
  const [pending] = positions(events, 'BookingLeftPending');
  const inOrder =
    pending !== undefined && held !== undefined && accepted !== undefined && pending < held && held < accepted;
  narrator.promise('the log shows PENDING, then the calendar, and only then ACCEPTED', inOrder, types);
  narrator.promise('accepted once', more.length === 0, types);
};

/** The phantom booking, from the refusal to the proof. Throws a broken promise where an outcome is another one. */
export const playStory = async (scene: Scene): Promise<void> => {
  const booking = await requestWhileRefusing(scene);
  await slotIsHeld(scene, booking);
  await everybodyIsTold(scene);
  await calendarComesBack(scene, booking);
  await historyProvesIt(scene, booking);
};
