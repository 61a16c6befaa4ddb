import type { FailureKind } from '../../../../domain/calendar/calendar-failure.ts';
import { isRetryable } from '../../../../domain/calendar/calendar-failure.ts';
import type { Block } from '../mail-document.ts';
import type { FailingCalendar } from '../mail-facts.ts';

type Words = { readonly why: string; readonly todo: string };

const words: Readonly<Record<FailureKind, Words>> = {
  'auth-revoked': {
    why: 'It no longer lets Holdfast in: the permission was taken back or the password was changed.',
    todo: 'Connect the calendar again, or put the new password into the configuration.',
  },
  'auth-expired': {
    why: 'Its permission for Holdfast has run out.',
    todo: 'Nothing, if it renews itself; if this mail comes again, connect the calendar again.',
  },
  forbidden: {
    why: 'It lets Holdfast in, but does not allow writing.',
    todo: 'Give the account the right to change events in this calendar.',
  },
  'calendar-not-found': {
    why: 'It is not there any more: it was deleted, renamed or moved.',
    todo: 'Put the right address of the calendar into the configuration.',
  },
  'already-exists': {
    why: 'It holds another event under the name of this booking.',
    todo: 'Look at the event at this time in the calendar, and delete it if it is not yours.',
  },
  'rate-limited': {
    why: 'It asks Holdfast to wait, because too much was asked of it.',
    todo: 'Nothing. If it happens often, other programs may be using the same account.',
  },
  'invalid-request': {
    why: 'It rejected the event as malformed.',
    todo: 'This is likely a fault of Holdfast. Enter the event by hand, and report what the calendar said.',
  },
  'outcome-unknown': {
    why: 'It gave no answer that says for certain whether it holds the event.',
    todo: 'Nothing. Holdfast looks the event up before it writes again.',
  },
  network: {
    why: 'It could not be reached.',
    todo: 'Check that the calendar server is up and its address is right.',
  },
  'provider-error': {
    why: 'It reported a fault of its own.',
    todo: 'Nothing, if it passes; else ask whoever runs the calendar.',
  },
  'no-credential': {
    why: 'Holdfast has no login for it.',
    todo: 'Connect the calendar again, or put its login into the configuration.',
  },
};

type Item = { readonly title: string; readonly lines: ReadonlyArray<string> };

const again = ({ kind }: FailingCalendar): string =>
  isRetryable(kind) ? 'Holdfast tries again on its own.' : 'Trying again will not help before this is mended.';

const said = ({ message }: FailingCalendar): ReadonlyArray<string> =>
  message === '' ? [] : [`The calendar said: ${message}`];

const withRemedy = (calendar: FailingCalendar): Item => ({
  title: calendar.label,
  lines: [
    `Why: ${words[calendar.kind].why}`,
    `What to do: ${words[calendar.kind].todo}`,
    again(calendar),
    ...said(calendar),
  ],
});

const withReason = (calendar: FailingCalendar): Item => ({
  title: calendar.label,
  lines: [`Why: ${words[calendar.kind].why}`, again(calendar), ...said(calendar)],
});

const list = (items: ReadonlyArray<Item>): ReadonlyArray<Block> =>
  items.length === 0 ? [] : [{ type: 'list', items }];

/** Each calendar with why it failed in plain words, what to do, and whether Holdfast tries again by itself. */
export const calendarList = (calendars: ReadonlyArray<FailingCalendar>): ReadonlyArray<Block> =>
  list(calendars.map(withRemedy));

/** The same without a remedy, where the mail has one of its own. */
export const calendarReasons = (calendars: ReadonlyArray<FailingCalendar>): ReadonlyArray<Block> =>
  list(calendars.map(withReason));
