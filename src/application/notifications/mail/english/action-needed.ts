import * as O from 'fp-ts/lib/Option.js';
import { type MailDocument, notice, paragraph } from '../mail-document.ts';
import { calendarList, calendarReasons } from './calendar-words.ts';
import {
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
} from './view.ts';

const byWhen = (view: View): string => {
  const { deadline, attendee } = view.facts;
  const then = `the booking expires, the time is freed, and ${attendee.name} is told`;
  return O.isSome(deadline)
    ? `If that is not mended by ${moment(view, deadline.value)}, ${then}. If it is mended before, the booking is confirmed on its own.`
    : 'Once that is mended, the booking is confirmed on its own. The time stays held until then.';
};

/** S02, S05: one alert for the host that names every calendar, why it failed, what to do, and what happens by when. */
export const actionNeeded = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Action needed'),
  tone: 'action',
  label: 'Action needed',
  title: 'A booking is waiting for your calendar',
  blocks: [
    notice(
      `${view.facts.attendee.name} booked a time with you, but it is not confirmed, because your calendar did not take it. ${view.facts.attendee.name} was told so. The time is held.`,
    ),
    ...calendarList(view.facts.failingCalendars),
    paragraph(byWhen(view)),
    rows(whatRow(view), whenRow(view), ...whereRows(view, false), withRow(view), ...enteredRows(view)),
    ...buttons('See what happened', view.facts.historyLink),
  ],
  footer: footerOf(view),
});

/** S04: confirmed, since another calendar holds the booking; this one has to be looked after all the same. */
export const calendarBehind = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Action needed'),
  tone: 'action',
  label: 'Action needed',
  title: 'A booking is missing in one of your calendars',
  blocks: [
    notice('The booking is confirmed, but not all of your calendars hold it. These do not:'),
    ...calendarList(view.facts.failingCalendars),
    paragraph('The booking takes place either way; nobody else was told.'),
    rows(whatRow(view), whenRow(view), ...whereRows(view, true), withRow(view), ...enteredRows(view)),
    ...buttons('See what happened', view.facts.historyLink),
  ],
  footer: footerOf(view),
});

/** S37: cancelled for people, while a calendar keeps the event. */
export const removalPending = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Still in your calendar'),
  tone: 'action',
  label: 'Action needed',
  title: 'An event is left in your calendar',
  blocks: [
    notice(
      'The booking does not take place, but the calendar would not remove its event. Please delete this event by hand:',
    ),
    rows(whatRow(view), whenRow(view), withRow(view)),
    ...calendarReasons(view.facts.failingCalendars),
    paragraph(
      'The event does not keep anybody from booking this time. If it is gone when Holdfast looks again, all is well.',
    ),
    ...buttons('See what happened', view.facts.historyLink),
  ],
  footer: footerOf(view),
});
