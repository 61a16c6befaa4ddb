import { type Block, type MailDocument, notice, paragraph } from '../mail-document.ts';
import { calendarList } from './calendar-mails.ts';
import {
  askToTellGuests,
  enteredRows,
  footerOf,
  linkRows,
  ownPage,
  reasonRows,
  rows,
  subjectOf,
  type View,
  whatRow,
  whenRow,
  whereRows,
  withRow,
  type Words,
} from './view.ts';

const opening = ({ facts, role }: View): string => {
  if (role === 'guest')
    return `${facts.attendee.name} named you as a guest. If you cannot come, please tell ${facts.attendee.name}.`;
  const booked =
    role === 'host'
      ? `${facts.attendee.name} booked a time with you.`
      : `Your booking with ${facts.hostName} is confirmed.`;
  return `${booked} The invitation is attached, for your own calendar.`;
};

/** S07: what an earlier mail said is taken back in so many words. The host was told as well, by "action needed". */
const correction = ({ facts, role }: View): ReadonlyArray<Block> => {
  const { notConfirmedYet, inQuestion } = facts.alreadySaid;
  if (role === 'guest' || (!notConfirmedYet && !inQuestion)) return [];
  if (inQuestion)
    return [
      paragraph(
        role === 'host'
          ? 'Earlier we wrote that this booking was changed in your calendar. That is settled: it is confirmed now.'
          : 'Earlier we wrote that it was not certain any more whether your booking stands. It is confirmed now.',
      ),
    ];
  const earlier =
    role === 'host'
      ? 'Earlier we wrote that this booking was not confirmed. That is settled: it is confirmed now.'
      : 'Earlier we wrote that your booking was not confirmed yet. It is confirmed now.';
  return [paragraph(earlier)];
};

const fallback = ({ facts }: View): ReadonlyArray<Block> =>
  facts.meetingLink !== null && facts.meetingLink.isFallback
    ? [
        notice(
          'The usual video room could not be made. The link below is a replacement: please use it for this meeting.',
        ),
      ]
    : [];

/** S13: no room and no replacement; the host has to say where to meet. */
const roomless = ({ facts, role }: View): ReadonlyArray<Block> => {
  if (facts.roomFailure === null) return [];
  return role === 'host'
    ? [
        notice(
          `Action needed: no video room could be made (${facts.roomFailure}). Please tell ${facts.attendee.name} where to meet.`,
        ),
      ]
    : [notice(`There is no video link yet. ${facts.hostName} was asked to tell you where to meet.`)];
};

/** S04: confirmed by one calendar, while others still lack the event. */
const failing = ({ facts, role }: View): ReadonlyArray<Block> =>
  role !== 'host' || facts.failingCalendars.length === 0
    ? []
    : [
        notice('The booking is confirmed, but not all of your calendars hold it. These do not:'),
        ...calendarList({ facts, role }),
      ];

const confirmedMail = (view: View): MailDocument => {
  const { facts, role } = view;
  const { notConfirmedYet, inQuestion } = facts.alreadySaid;
  const corrected = (notConfirmedYet || inQuestion) && role !== 'guest';
  return {
    subject: subjectOf(view, corrected ? 'Now confirmed' : role === 'guest' ? 'Invitation' : 'Confirmed'),
    tone: 'good',
    label: corrected ? 'Now confirmed' : 'Confirmed',
    title:
      role === 'host'
        ? `${facts.attendee.name} booked ${facts.eventTitle}`
        : `${facts.eventTitle} with ${facts.hostName}`,
    blocks: [
      ...correction(view),
      paragraph(opening(view)),
      ...fallback(view),
      ...roomless(view),
      ...askToTellGuests(view),
      rows(
        whatRow(view),
        whenRow(view),
        ...whereRows(view, true),
        ...linkRows(view),
        withRow(view),
        ...enteredRows(view),
      ),
      ...failing(view),
      ...ownPage(view, role === 'host' ? 'Open the booking' : 'Manage the booking'),
    ],
    footer: footerOf(view),
  };
};

/** What ended can still be looked up. */
const endedFacts = (view: View): ReadonlyArray<Block> => [
  rows(whatRow(view), whenRow(view), withRow(view), ...reasonRows(view)),
  ...ownPage(view, 'Open the booking'),
];

const whyExpired = ({ facts: { pendingReason, hostName }, role }: View): string => {
  if (pendingReason === 'awaiting_approval')
    return role === 'host' ? 'It was not approved in time.' : `${hostName} did not answer in time.`;
  return role === 'host'
    ? 'Your calendar did not take it in time.'
    : `It could not be written into the calendar of ${hostName} in time.`;
};

const expiredMail = (view: View): MailDocument => ({
  subject: subjectOf(view, view.role === 'host' ? 'Expired' : 'Sorry, not confirmed'),
  tone: 'ended',
  label: 'Expired',
  title:
    view.role === 'host'
      ? `The booking of ${view.facts.attendee.name} expired`
      : 'Sorry, your booking could not be confirmed',
  blocks: [
    paragraph(
      view.role === 'host'
        ? `${whyExpired(view)} It was never confirmed, the time is free again, and ${view.facts.attendee.name} is told.`
        : `${whyExpired(view)} It does not take place. The time is no longer held; you are welcome to book another one.`,
    ),
    ...endedFacts(view),
  ],
  footer: footerOf(view),
});

const whoCancelled = ({ facts: { endedBy, attendee, hostName }, role }: View): string => {
  switch (endedBy) {
    case 'guest':
      return role === 'attendee' ? 'You cancelled this booking.' : `${attendee.name} cancelled this booking.`;
    case 'host':
      return role === 'host' ? 'You cancelled this booking.' : `${hostName} cancelled this booking.`;
    case 'operator':
    case 'system':
      return role === 'host' ? 'This booking was cancelled for you.' : `This booking was cancelled for ${hostName}.`;
  }
};

/** S36. The invitation's cancelling goes with it where there was an invitation. */
const cancelledMail = (view: View): MailDocument => {
  const { alreadySaid, organizer } = view.facts;
  const calendar =
    alreadySaid.confirmed && organizer !== null ? ' The attached message takes it out of your own calendar.' : '';
  return {
    subject: subjectOf(view, 'Cancelled'),
    tone: 'ended',
    label: 'Cancelled',
    title:
      view.role === 'host'
        ? `${view.facts.eventTitle} with ${view.facts.attendee.name} is off`
        : `${view.facts.eventTitle} with ${view.facts.hostName} is off`,
    blocks: [paragraph(`${whoCancelled(view)} It does not take place.${calendar}`), ...endedFacts(view)],
    footer: footerOf(view),
  };
};

/** S18. */
const declinedMail = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Declined'),
  tone: 'ended',
  label: 'Declined',
  title: `${view.facts.hostName} declined your request`,
  blocks: [
    paragraph('The booking does not take place. The time is no longer held; you are welcome to ask for another one.'),
    ...endedFacts(view),
  ],
  footer: footerOf(view),
});

/** Mails about what came of a booking. */
export const decidedMails = {
  confirmed: confirmedMail,
  'guests-invited': confirmedMail,
  expired: expiredMail,
  cancelled: cancelledMail,
  declined: declinedMail,
} satisfies Words;
