import { type Block, type MailDocument, notice, paragraph } from '../mail-document.ts';
import {
  askToTellGuests,
  buttons,
  enteredRows,
  footerOf,
  moment,
  rows,
  subjectOf,
  type View,
  whatRow,
  whenRow,
  whereRows,
  withRow,
  type Words,
} from './view.ts';

const held = (view: View): string => {
  if (!view.facts.holdsSlot)
    return 'The time is not held for you meanwhile: others may ask for it too, and one of you is confirmed.';
  return view.facts.deadline !== null
    ? `The time is held for you until ${moment(view, view.facts.deadline)}: nobody else can book it.`
    : 'The time is held for you meanwhile: nobody else can book it.';
};

const EITHER_WAY =
  'You need not do anything. We will write to you either way: when it is confirmed, or when it cannot be.';

const facts = (view: View): Block =>
  rows(whatRow(view), whenRow(view), ...whereRows(view, false), withRow(view), ...enteredRows(view));

/** S02: the truth for the attendee while no calendar holds the booking. No room, no invitation. */
const receivedNotConfirmed = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Not confirmed yet'),
  tone: 'waiting',
  label: 'Not confirmed yet',
  title: 'We received your booking',
  blocks: [
    notice(
      `Your booking is not confirmed yet, because it could not be written into the calendar of ${view.facts.hostName} so far.`,
    ),
    paragraph(held(view)),
    paragraph(EITHER_WAY),
    ...askToTellGuests(view),
    facts(view),
    ...buttons('Manage the booking', view.facts.manageLink),
  ],
  footer: footerOf(view),
});

/** S14: the attendee's copy of a request that waits for the host. */
const awaitingApproval = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Request sent'),
  tone: 'waiting',
  label: 'Not confirmed yet',
  title: `Your request was sent to ${view.facts.hostName}`,
  blocks: [
    notice(`${view.facts.hostName} decides about each request. Until then your booking is not confirmed.`),
    paragraph(held(view)),
    paragraph(EITHER_WAY),
    ...askToTellGuests(view),
    facts(view),
    ...buttons('Manage the booking', view.facts.manageLink),
  ],
  footer: footerOf(view),
});

const howToDecide = ({ facts: { hostLink } }: View): ReadonlyArray<Block> =>
  hostLink !== null
    ? [
        paragraph('Opening the page decides nothing; you approve or decline there.'),
        ...buttons('Approve or decline', hostLink),
      ]
    : [];

/** What happens without an answer, and by when. */
const byWhen = (view: View): ReadonlyArray<Block> => {
  const { deadline, attendee, holdsSlot } = view.facts;
  if (deadline === null) return [];
  const freed = holdsSlot ? 'the time is freed, ' : '';
  return [
    paragraph(
      `Without an answer by ${moment(view, deadline)} the request expires, ${freed}and ${attendee.name} is told.`,
    ),
    ...(holdsSlot
      ? []
      : [paragraph('Others may ask for the same time meanwhile; the first that you approve gets it.')]),
  ];
};

/** S14, S20: asks the host to decide. Nothing in the mail decides when it is merely fetched. */
const approvalNeeded = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Approve or decline'),
  tone: 'action',
  label: 'Action needed',
  title: `${view.facts.attendee.name} asks for ${view.facts.eventTitle}`,
  blocks: [
    paragraph(`The request is not confirmed. ${view.facts.attendee.name} was told that you decide.`),
    ...byWhen(view),
    facts(view),
    ...howToDecide(view),
  ],
  footer: footerOf(view),
});

/** The host has not decided yet. */
const approvalReminder = (view: View): MailDocument => ({
  ...approvalNeeded(view),
  subject: subjectOf(view, 'Still waiting for you'),
  title: `${view.facts.attendee.name} still waits for your answer`,
});

/** Mails about a booking that is not decided yet. */
export const pendingMails = {
  'received-not-confirmed': receivedNotConfirmed,
  'awaiting-approval': awaitingApproval,
  'approval-needed': approvalNeeded,
  'approval-reminder': approvalReminder,
} satisfies Words;
