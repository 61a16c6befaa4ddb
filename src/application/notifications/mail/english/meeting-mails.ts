import type { MailDocument } from '../mail-document.ts';
import { paragraph } from '../mail-document.ts';
import {
  askToTellGuests,
  buttons,
  enteredRows,
  footerOf,
  linkRows,
  rows,
  subjectOf,
  type View,
  whatRow,
  whenRow,
  whereRows,
  withRow,
  type Words,
} from './view.ts';

/** Says the time itself and not how long it is until then: nobody knows when a mail is read. */
const reminder = (view: View): MailDocument => {
  const { facts, role } = view;
  return {
    subject: subjectOf(view, 'Reminder'),
    tone: 'good',
    label: 'Reminder',
    title: `${facts.eventTitle} with ${role === 'host' ? facts.attendee.name : facts.hostName}`,
    blocks: [
      paragraph(
        role === 'guest'
          ? `This meeting is coming up. ${facts.attendee.name} named you as a guest. If you cannot come, please tell ${facts.attendee.name}.`
          : 'This meeting is coming up.',
      ),
      ...askToTellGuests(view),
      rows(
        whatRow(view),
        whenRow(view),
        ...whereRows(view, true),
        ...linkRows(view),
        withRow(view),
        ...enteredRows(view),
      ),
      ...(role === 'attendee' ? buttons('Manage the booking', facts.manageLink) : []),
      ...(role === 'host' ? buttons('Open the booking', facts.hostLink) : []),
    ],
    footer: footerOf(view),
  };
};

/** Holdfast is at no meeting: who came is asked, and never claimed. */
const noShowCheck = (view: View): MailDocument => {
  const { facts } = view;
  return {
    subject: subjectOf(view, 'Did everybody come?'),
    tone: 'waiting',
    label: 'Did everybody come?',
    title: `Did ${facts.attendee.name} come to ${facts.eventTitle}?`,
    blocks: [
      paragraph('This meeting has begun. Holdfast cannot know who is there, and nobody has said so yet.'),
      paragraph(
        facts.hostLink === null
          ? `If somebody did not come, send POST /v2/bookings/${facts.bookingUid}/mark-absent with your API key. If everybody came, you need not do anything.`
          : 'If somebody did not come, say so on the page of the booking. If everybody came, you need not do anything.',
      ),
      rows(whatRow(view), whenRow(view), withRow(view), ...enteredRows(view)),
      ...buttons('Say who came', facts.hostLink),
    ],
    footer: footerOf(view),
  };
};

/** Mails about the meeting of an accepted booking, at times that the clock brings. */
export const meetingMails = { reminder, 'no-show-check': noShowCheck } satisfies Words;
