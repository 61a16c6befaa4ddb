import { toEpochMs, toInstant } from '../../../../domain/time/time.ts';
import { type Block, type MailDocument, notice, paragraph } from '../mail-document.ts';
import type { MailFacts } from '../mail-facts.ts';
import {
  buttons,
  enteredRows,
  footerOf,
  moment,
  ownPage,
  rows,
  subjectOf,
  type View,
  whatRow,
  whenRow,
  whereRows,
  withRow,
  type Words,
} from './view.ts';

type Difference = MailFacts['differences'][number];

const shown = (view: View, { kind, start, end, since }: Difference): string => {
  const found = `as was found on ${moment(view, since)}`;
  switch (kind) {
    case 'missing':
      return `It does not hold the event any more, ${found}.`;
    case 'cancelled':
      return `It shows the event as cancelled, ${found}.`;
    case 'moved':
    case 'length':
      return `It shows the event from ${moment(view, start ?? view.facts.start)} to ${moment(view, end ?? view.facts.end)}, ${found}.`;
  }
};

/** Those that hold the booking, and when each said so last, by the log. */
const holders = (view: View): string =>
  view.facts.stillHeld
    .map(({ label, seenAt }) => (seenAt === null ? label : `${label}, last seen on ${moment(view, seenAt)}`))
    .join('; ');

/** When a calendar last said that it holds the booking; empty where the log is from before that was kept. */
const lastSeen = (view: View): string => {
  const seen = view.facts.stillHeld.flatMap(({ seenAt }) => (seenAt === null ? [] : [toEpochMs(seenAt)]));
  return seen.length === 0 ? '' : `, as was seen on ${moment(view, toInstant(Math.max(...seen)))}`;
};

const whyNotFollowed: Readonly<Record<string, string>> = {
  slot_taken: 'another booking has that time',
  slot_unavailable: 'that time is taken',
  calendar_busy: 'one of your calendars has something else at that time',
  calendar_unreadable: 'one of your calendars could not be read, so nothing was known to be free',
  outside_hours: 'that time is outside your working hours',
  start_in_past: 'that time has passed',
  inside_minimum_notice: 'that time is sooner than the notice that you ask for',
  beyond_booking_window: 'that day cannot be booked yet, or not any more',
  off_grid: 'meetings of this kind do not begin at such a time',
  invalid_length: 'meetings of this kind are not that long',
  OtherLength: 'it is not as long as the booking',
  booking_limit_reached: 'as many bookings as there may be are made for that day or week already',
  RescheduleInFlight: 'another move of it is under way',
  TooManyReschedules: 'it was moved too often',
  NotConfigured: 'meetings of this kind are not offered any more',
};

/** Why a booking could not follow its event, for the host; a code of another version of the program says no more than itself. */
export const notFollowedBecause = ({ reason, takenBy }: NonNullable<Difference['refused']>): string => {
  const why = whyNotFollowed[reason] ?? `the move was refused (${reason})`;
  return takenBy === null ? why : `${why} (booking ${takenBy})`;
};

const refusedLine = ({ refused }: Difference): ReadonlyArray<string> =>
  refused === undefined ? [] : [`The booking could not follow: ${notFollowedBecause(refused)}.`];

const follows = (view: View, { wants, settleAt }: Difference): string => {
  const { attendee, start, unsettled } = view.facts;
  if (wants === 'restore') return 'Holdfast writes it again, as it was booked.';
  if (wants === 'follow') return 'The booking follows, if that time is free.';
  if (!unsettled) return `Nothing follows: another of your calendars holds the booking (${holders(view)}).`;
  if (wants === 'cancel') return `The booking is cancelled at ${moment(view, settleAt)}, and ${attendee.name} is told.`;
  return `Nothing is done before you say what you want. If you say nothing until ${moment(view, start)}, the booking is cancelled.`;
};

const listed = (view: View): ReadonlyArray<Block> =>
  view.facts.differences.length === 0
    ? []
    : [
        {
          type: 'list',
          items: view.facts.differences.map((difference) => ({
            title: difference.label,
            lines: [shown(view, difference), ...refusedLine(difference), follows(view, difference)],
          })),
        },
      ];

const otherOrganizer = ({ facts }: View): ReadonlyArray<Block> =>
  facts.othersEvents.length === 0
    ? []
    : [
        paragraph(
          `In ${facts.othersEvents.join(', ')} the event names somebody else as its organizer. Its time is as booked, so nothing follows.`,
        ),
      ];

/** Whether anything waits for the host: what is written again, or followed, is done without them. */
const isAsked = ({ facts: { unsettled, differences } }: View): boolean =>
  unsettled && differences.some(({ wants }) => wants !== 'restore' && wants !== 'follow');

/** Nothing is left to undo: only the organizer is another, at the time as booked, or the event is being written again. */
const isUndone = ({ facts: { differences } }: View): boolean => differences.every(({ wants }) => wants === 'restore');

/** What the host did to the event in a calendar, what follows, and one link to undo it where there is something to undo. */
const calendarDiffers = (view: View): MailDocument => ({
  subject: subjectOf(view, isAsked(view) ? 'Action needed' : 'Changed in your calendar'),
  tone: 'action',
  label: view.facts.unsettled ? 'Not certain any more' : 'Changed in your calendar',
  title: `The booking of ${view.facts.attendee.name} was changed in your calendar`,
  blocks: [
    notice('Holdfast asked your calendar twice. Somebody changed the event of this booking there:'),
    ...listed(view),
    ...otherOrganizer(view),
    ...(isUndone(view)
      ? []
      : [
          paragraph(
            'If that was not meant, open the booking and undo it there: the event is written again, as it was booked.',
          ),
        ]),
    rows(whatRow(view), whenRow(view), ...whereRows(view, false), withRow(view), ...enteredRows(view)),
    ...buttons(isUndone(view) ? 'Open the booking' : 'Open the booking to undo it', view.facts.hostLink),
  ],
  footer: footerOf(view),
});

/** I4: nobody is left without word. The guest reads that it is open, and what comes next. */
const inQuestion = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Not certain any more'),
  tone: 'waiting',
  label: 'Not certain any more',
  title: `${view.facts.hostName} changed your booking in their calendar`,
  blocks: [
    notice(
      `The calendar of ${view.facts.hostName} does not hold your booking at its time any more. Holdfast asked ${view.facts.hostName} what is meant. The time stays held for you until then.`,
    ),
    rows(whatRow(view), whenRow(view), ...whereRows(view, false), withRow(view)),
    paragraph('You are told as soon as the booking stands again, has another time, or is cancelled.'),
    ...ownPage(view, 'See, move or cancel the booking'),
  ],
  footer: footerOf(view),
});

/** What was said to be open is settled: it stands as it was booked. */
const stands = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Confirmed'),
  tone: 'good',
  label: 'Confirmed',
  title: 'Your booking stands as it was',
  blocks: [
    notice(`The calendar of ${view.facts.hostName} holds your booking, at the time that you booked${lastSeen(view)}.`),
    rows(whatRow(view), whenRow(view), ...whereRows(view, true), withRow(view)),
    ...ownPage(view, 'See, move or cancel the booking'),
  ],
  footer: footerOf(view),
});

/** Mails about what a person did to the event in a calendar. */
export const differenceMails = {
  'calendar-differs': calendarDiffers,
  'booking-in-question': inQuestion,
  'booking-stands': stands,
} satisfies Words;
