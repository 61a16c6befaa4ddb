import type { CalendarFailure, FailureCause, FailureKind } from '../../domain/calendar/calendar-failure.ts';
import type { MailFailure } from '../ports/delivery.ts';

/** Why a calendar did not do it, and what a person can do, in plain words. */
export type Advice = { readonly why: string; readonly todo: string };

const byKind: Readonly<Record<FailureKind, Advice>> = {
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

/** What was tried is in the name of the advice: a calendar that cannot be read is another matter than one that takes no event. */
export const adviceOnWriting = (kind: FailureKind): Advice => byKind[kind];

const byCause: Readonly<Record<FailureCause, Advice>> = {
  dns: {
    why: 'The name of its server cannot be found (DNS).',
    todo: 'Check the host name in the address of the calendar, and the name servers of this machine.',
  },
  refused: {
    why: 'Nothing listens at its address, or no way leads there.',
    todo: 'Check host and port in the address of the calendar, whether the calendar server runs, and firewalls between.',
  },
  tls: {
    why: 'No secure connection can be made: its certificate is not trusted, has expired, or is for another name.',
    todo: 'Renew the certificate of the calendar server; for an authority of your own, set caFile in the configuration.',
  },
  timeout: {
    why: 'It did not answer in time.',
    todo: 'Check that the calendar server is up and not overloaded; timings.calendarTimeLimitInSeconds says how long it has.',
  },
  'address-not-allowed': {
    why: 'Its address is a private or reserved one, which Holdfast does not call unless it is allowed to.',
    todo: 'Set HOLDFAST_ALLOW_PRIVATE_ADDRESSES=1 if the calendar server is meant to be in your own network.',
  },
  'not-a-calendar': {
    why: 'Something answers at its address, but it is no calendar.',
    todo: 'Put the address of the calendar itself into url, or the address of the server and the name of the calendar into calendarName.',
  },
};

const onReading: Partial<Record<FailureKind, Advice>> = {
  'auth-revoked': {
    why: 'It does not let Holdfast in: user name or password are wrong, or the permission was taken back (401).',
    todo: 'Put the new password where the configuration refers to, or connect the calendar again; then run "holdfast config reload".',
  },
  'auth-expired': {
    why: 'Its permission for Holdfast has run out (401).',
    todo: 'Connect the calendar again; then run "holdfast config reload".',
  },
  forbidden: {
    why: 'It lets Holdfast in, but the account has no right to this calendar (403).',
    todo: 'Share the calendar with the account, with the right to read and to change events.',
  },
  'calendar-not-found': {
    why: 'There is no calendar at its address (404): it was deleted, renamed or moved.',
    todo: 'Put the right address of the calendar into the configuration, then run "holdfast config reload".',
  },
  'invalid-request': {
    why: 'It does not understand what Holdfast asks.',
    todo: 'Check that the address is that of a calendar. If it is, report what it said.',
  },
  'provider-error': {
    why: 'It reported a fault of its own (5xx), or answered what no calendar answers.',
    todo: 'Nothing, if it passes; else ask whoever runs the calendar server.',
  },
};

/** Of a calendar that was tried: found, read, or written to for a test. */
export const adviceOn = ({ kind, cause }: Pick<CalendarFailure, 'kind' | 'cause'>): Advice =>
  (cause === undefined ? undefined : byCause[cause]) ?? onReading[kind] ?? byKind[kind];

const LOGIN: Advice = {
  why: 'The mail server does not accept the login.',
  todo: 'Put the right user and password into mail.smtp; some providers want a password made for this program.',
};
const onMail: Partial<Record<FailureCause, Advice>> = {
  dns: {
    why: 'The name of the mail server cannot be found (DNS).',
    todo: 'Check mail.smtp.host in the configuration, and the name servers of this machine.',
  },
  refused: {
    why: 'Nothing listens at the address of the mail server, or no way leads there.',
    todo: 'Check mail.smtp.host and mail.smtp.port; many networks block port 25, and some 587.',
  },
  tls: {
    why: 'No secure connection can be made: wrong kind of encryption for the port, or a certificate that is not trusted.',
    todo: 'Port 465 is for security: tls, port 587 for starttls; for an authority of your own, set caFile.',
  },
  timeout: {
    why: 'The mail server did not answer in time.',
    todo: 'Check host and port, and firewalls between; a wrong kind of encryption can look like this too.',
  },
};

/** Of a mail that was not taken. */
export const adviceOnMail = ({ type, cause }: Pick<MailFailure, 'type' | 'cause'>): Advice => {
  if (cause === 'login') return LOGIN;
  const known = cause === undefined ? undefined : onMail[cause];
  if (known !== undefined) return known;
  return type === 'refused'
    ? {
        why: 'The mail server refused this mail for good.',
        todo: 'Read what it said: the address, or the sender in mail.from.',
      }
    : {
        why: 'The mail server put the mail off.',
        todo: 'Wait and try again; if it stays so, ask whoever runs the mail server.',
      };
};
