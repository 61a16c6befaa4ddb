import { type Block, type MailDocument, paragraph, type Row } from '../mail-document.ts';
import {
  askToTellGuests,
  enteredRows,
  footerOf,
  linkRows,
  moment,
  ownPage,
  rows,
  timeRow,
  subjectOf,
  type View,
  whatRow,
  whereRows,
  withRow,
  type Words,
} from './view.ts';

/** The two times of a move, in the reader's zone, each with its name; of a booking without one only the time in force. */
const times = (view: View, fromLabel: string, toLabel: string): ReadonlyArray<Row> => {
  const { move, start, end } = view.facts;
  if (move === null) return [timeRow(view, 'When', { start, end })];
  return [timeRow(view, fromLabel, move.from), timeRow(view, toLabel, move.to)];
};

const whoAsked = ({ facts, role }: View): string => {
  const byHost = facts.move?.by === 'host';
  if (role === 'host') return byHost ? 'You' : facts.attendee.name;
  return byHost ? facts.hostName : role === 'guest' ? facts.attendee.name : 'You';
};

const reason = ({ facts }: View): ReadonlyArray<Block> => {
  const said = facts.move?.reason ?? null;
  return said === null || said.trim() === '' ? [] : [paragraph(`Reason: ${said}`)];
};

type Text = {
  readonly subject: string;
  readonly tone: MailDocument['tone'];
  readonly title: string;
  readonly said: string;
  readonly from: string;
  readonly to: string;
  /** What the reader entered, or was entered, where no earlier mail has it. */
  readonly entered?: ReadonlyArray<Row>;
  /** After what was said: what follows, and by when. */
  readonly then?: ReadonlyArray<Block>;
  /** What the button to the reader's page says. */
  readonly button?: string;
};

/** Where it is stays as it was: told to whom a confirmation told it (S03). */
const places = (view: View): ReadonlyArray<Row> => {
  const { confirmed } = view.facts.alreadySaid;
  return [...whereRows(view, confirmed), ...(confirmed ? linkRows(view) : [])];
};

const mail = (
  view: View,
  { subject, tone, title, said, from, to, entered = [], then = [], button = 'Open the booking' }: Text,
): MailDocument => ({
  subject: subjectOf(view, subject),
  tone,
  label: subject,
  title,
  blocks: [
    paragraph(said),
    ...reason(view),
    ...then,
    ...askToTellGuests(view),
    rows(whatRow(view), ...times(view, from, to), ...places(view), withRow(view), ...entered),
    ...ownPage(view, button),
  ],
  footer: footerOf(view),
});

/** The confirmation of what was accepted never came, since the move overtook it: this mail is that as well. */
const isFirstWord = ({ facts: { alreadySaid } }: View): boolean => alreadySaid.confirmed && !alreadySaid.confirmation;

const rescheduled = (view: View): MailDocument => {
  const isFirst = isFirstWord(view);
  return mail(view, {
    subject: isFirst ? 'Confirmed, at a new time' : 'Rescheduled',
    tone: 'good',
    title: isFirst ? 'The booking is confirmed, at another time' : 'There is a new time',
    said: `${whoAsked(view)} moved the booking. The new time holds from now on, the old one does not any more.`,
    from: 'Old time',
    to: 'New time',
    entered: isFirst ? enteredRows(view) : [],
  });
};

/** What happens without an answer, and by when; the host also where to give it. */
const byWhen = (view: View): ReadonlyArray<Block> => {
  const { move, attendee } = view.facts;
  if (move === null || move.decideBy === null) return [];
  const until = `Without an answer by ${moment(view, move.decideBy)} the old time stays`;
  return view.role === 'host'
    ? [
        paragraph(`${until}, and ${attendee.name} is told.`),
        paragraph('Opening the page decides nothing; you approve or decline there.'),
      ]
    : [paragraph(`${until}. We will write to you either way.`)];
};

const requested = (view: View): MailDocument =>
  mail(view, {
    subject: view.role === 'host' ? 'New time wanted' : 'New time asked for',
    tone: 'waiting',
    title: view.role === 'host' ? 'A new time waits for your answer' : 'A new time waits for approval',
    said:
      view.role === 'host'
        ? `${whoAsked(view)} asked for another time. The old time stays in force until you say yes.`
        : `${whoAsked(view)} asked for another time. The old time stays in force until ${view.facts.hostName} says yes.`,
    from: 'In force',
    to: 'Asked for',
    then: byWhen(view),
    button: view.role === 'host' ? 'Approve or decline' : 'Open the booking',
  });

const declined = (view: View): MailDocument =>
  mail(view, {
    subject: 'New time declined',
    tone: 'ended',
    title: 'The old time stays',
    said: `${view.facts.hostName} declined the new time. The booking stays as it is.`,
    from: 'In force',
    to: 'Declined',
  });

const failed = (view: View): MailDocument =>
  mail(view, {
    subject: 'Not rescheduled',
    tone: 'ended',
    title: 'The old time stays',
    said:
      view.facts.move?.outcome === 'refused'
        ? `The calendar did not take the booking at the new time${view.role === 'host' ? `: ${view.facts.move.why}` : ''}. The old time stays in force, and the new one is free again.`
        : 'The new time was not approved in time. The old time stays in force, and the new one is free again.',
    from: 'In force',
    to: 'Not possible',
  });

/** Mails about moves to another time. */
export const rescheduleMails = {
  rescheduled,
  'reschedule-requested': requested,
  'reschedule-declined': declined,
  'reschedule-failed': failed,
} satisfies Words;
