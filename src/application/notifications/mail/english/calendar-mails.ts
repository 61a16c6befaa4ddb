import { adviceOnWriting } from '../../../calendars/advice.ts';
import { isRetryable } from '../../../../domain/calendar/calendar-failure.ts';
import { type Block, type MailDocument, notice, paragraph } from '../mail-document.ts';
import type { FailingCalendar } from '../mail-facts.ts';
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
  type Words,
} from './view.ts';

type Item = { readonly title: string; readonly lines: ReadonlyArray<string> };

const again = (view: View, { kind, retryAt }: FailingCalendar): string => {
  if (retryAt !== null) return `Holdfast tries again on its own, next on ${moment(view, retryAt, 'second')}.`;
  return isRetryable(kind)
    ? 'Holdfast does not try again on its own.'
    : 'Trying again will not help before this is mended.';
};

const providerAnswer = ({ message }: FailingCalendar): ReadonlyArray<string> =>
  message === '' ? [] : [`The calendar said: ${message}`];

const withRemedy = (view: View, calendar: FailingCalendar): Item => ({
  title: calendar.label,
  lines: [
    `Why: ${adviceOnWriting(calendar.kind).why}`,
    `What to do: ${adviceOnWriting(calendar.kind).todo}`,
    again(view, calendar),
    ...providerAnswer(calendar),
  ],
});

const withReason = (view: View, calendar: FailingCalendar): Item => ({
  title: calendar.label,
  lines: [`Why: ${adviceOnWriting(calendar.kind).why}`, again(view, calendar), ...providerAnswer(calendar)],
});

const list = (items: ReadonlyArray<Item>): ReadonlyArray<Block> =>
  items.length === 0 ? [] : [{ type: 'list', items }];

/** Each calendar with why it failed in plain words, what to do, and whether Holdfast tries again by itself. */
export const calendarList = (view: View): ReadonlyArray<Block> =>
  list(view.facts.failingCalendars.map((calendar) => withRemedy(view, calendar)));

/** The same without a remedy, where the mail has one of its own. */
const calendarReasons = (view: View): ReadonlyArray<Block> =>
  list(view.facts.failingCalendars.map((calendar) => withReason(view, calendar)));

const byWhen = (view: View): string => {
  const { deadline, attendee } = view.facts;
  const then = `the booking expires, the time is freed, and ${attendee.name} is told`;
  return deadline !== null
    ? `If that is not mended by ${moment(view, deadline)}, ${then}. If it is mended before, the booking is confirmed on its own.`
    : 'Once that is mended, the booking is confirmed on its own. The time stays held until then.';
};

/** S02, S05: one alert for the host that names every calendar, why it failed, what to do, and what happens by when. */
const actionNeeded = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Action needed'),
  tone: 'action',
  label: 'Action needed',
  title: 'A booking is waiting for your calendar',
  blocks: [
    notice(
      `${view.facts.attendee.name} booked a time with you, but it is not confirmed, because your calendar did not take it. ${view.facts.attendee.name} was told so. The time is held.`,
    ),
    ...calendarList(view),
    paragraph(byWhen(view)),
    rows(whatRow(view), whenRow(view), ...whereRows(view, false), withRow(view), ...enteredRows(view)),
    ...buttons('Open the booking', view.facts.hostLink),
  ],
  footer: footerOf(view),
});

/** S04: confirmed, since another calendar holds the booking; this one has to be looked after all the same. */
const calendarBehind = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Action needed'),
  tone: 'action',
  label: 'Action needed',
  title: 'A booking is missing in one of your calendars',
  blocks: [
    notice('The booking is confirmed, but not all of your calendars hold it. These do not:'),
    ...calendarList(view),
    paragraph('The booking takes place either way; nobody else was told.'),
    rows(whatRow(view), whenRow(view), ...whereRows(view, true), withRow(view), ...enteredRows(view)),
    ...buttons('Open the booking', view.facts.hostLink),
  ],
  footer: footerOf(view),
});

/** S37: cancelled for people, while a calendar keeps the event. */
const removalPending = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Still in your calendar'),
  tone: 'action',
  label: 'Action needed',
  title: 'An event is left in your calendar',
  blocks: [
    notice(
      'The booking does not take place, but the calendar would not remove its event. Please delete this event by hand:',
    ),
    rows(whatRow(view), whenRow(view), withRow(view)),
    ...calendarReasons(view),
    paragraph(
      'The event does not keep anybody from booking this time. If it is gone when Holdfast looks again, all is well.',
    ),
    ...buttons('Open the booking', view.facts.hostLink),
  ],
  footer: footerOf(view),
});

/** Mails to the host about a booking that a calendar would not take, or would not let go. */
export const calendarMails = {
  'action-needed': actionNeeded,
  'calendar-behind': calendarBehind,
  'removal-pending': removalPending,
} satisfies Words;
