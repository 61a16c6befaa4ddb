import { escapeHtml } from '../../../application/notifications/mail/mail-document.ts';
import type { CalendarInWords } from '../host-calendars.ts';
import { type BookingPage, livePart, movePart, reasonForm, renderPage } from './booking.ts';

/** Everything that the host's page says, in plain text, and what can be done there now. */
export type HostPage = BookingPage & {
  readonly guestName: string;
  readonly next: ReadonlyArray<string>;
  readonly calendars: ReadonlyArray<CalendarInWords>;
  /** What the host is asked to decide, and the UTC instant of the time in question; null: nothing. */
  readonly decidable: { readonly what: 'request' | 'new time'; readonly start: string } | null;
  readonly cancellable: boolean;
  readonly reasonRequired: boolean;
  /** From the start on: who was to come, and whether somebody has said that they did not; null: there is nothing to say yet. */
  readonly present: ReadonlyArray<{ readonly field: string; readonly name: string; readonly absent: boolean }> | null;
  readonly retryable: boolean;
  readonly restorable: boolean;
};

/** The time that the host saw when they decided. */
const hiddenStart = (start: string): string => `<input type="hidden" name="start" value="${escapeHtml(start)}">`;

const approving = (what: 'request' | 'new time'): string =>
  what === 'request'
    ? 'Approving writes your calendars; once one holds the booking'
    : 'Approving moves the event in your calendars; once one has the new time';

const approvePart = ({ decidable, linkTo, guestName }: HostPage): string =>
  decidable !== null
    ? [
        `<form id="approve" class="plain" method="post" action="${escapeHtml(linkTo('/host/approve'))}">`,
        hiddenStart(decidable.start),
        `<p class="hint">${approving(decidable.what)}, ${escapeHtml(guestName)} is told.</p>`,
        `<button type="submit" class="go">Approve the ${decidable.what}</button>`,
        '</form>',
      ].join('\n')
    : '';

const restorePart = ({ restorable, linkTo }: HostPage): string =>
  restorable
    ? [
        `<form id="restore" class="plain" method="post" action="${escapeHtml(linkTo('/host/restore'))}">`,
        '<p class="hint">The event is written into your calendar again, at the time that was booked.</p>',
        '<button type="submit" class="go">Undo: keep the booking as it was</button>',
        '</form>',
      ].join('\n')
    : '';

const declinePart = ({ decidable, linkTo, guestName }: HostPage): string =>
  decidable !== null
    ? reasonForm({
        id: 'decline',
        summary: `Decline the ${decidable.what}`,
        action: linkTo('/host/decline'),
        required: false,
        hidden: hiddenStart(decidable.start),
        hint:
          decidable.what === 'request'
            ? `${guestName} will read it. The time is free for others at once.`
            : `${guestName} will read it. The old time stays in force.`,
        button: `Decline the ${decidable.what}`,
      })
    : '';

const cancelPart = ({ cancellable, decidable, linkTo, guestName, reasonRequired }: HostPage): string =>
  cancellable && decidable?.what !== 'request'
    ? reasonForm({
        id: 'cancel',
        summary: 'Cancel this booking',
        action: linkTo('/host/cancel'),
        required: reasonRequired,
        hint: `${guestName} will read it. The time is free for others at once.`,
        button: 'Cancel the booking',
      })
    : '';

const absenceItem = (one: NonNullable<HostPage['present']>[number]): string =>
  `<li><label><input type="checkbox" name="${escapeHtml(one.field)}"${one.absent ? ' checked' : ''}> ${escapeHtml(one.name)} did not come</label></li>`;

const absencePart = ({ present, linkTo }: HostPage): string =>
  present !== null
    ? [
        `<form id="absent" class="plain" method="post" action="${escapeHtml(linkTo('/host/absent'))}">`,
        `<fieldset><legend>Who did not come?</legend><ul class="actions">${present.map(absenceItem).join('\n')}</ul></fieldset>`,
        '<p class="hint">Holdfast is at no meeting, so it only knows what you say here.</p>',
        '<button type="submit" class="quiet">Save who did not come</button>',
        '</form>',
      ].join('\n')
    : '';

const nextSection = ({ next }: HostPage): string =>
  next.length === 0
    ? ''
    : [
        '<section aria-labelledby="next-title">',
        '<h2 id="next-title">What happens next</h2>',
        `<ul>${next.map((step) => `<li>${escapeHtml(step)}</li>`).join('\n')}</ul>`,
        '</section>',
      ].join('\n');

const removedByHand = ({ calendarId, name }: CalendarInWords, action: string): string =>
  [
    `<form class="plain" method="post" action="${escapeHtml(action)}">`,
    `<input type="hidden" name="calendarId" value="${escapeHtml(calendarId)}">`,
    `<button type="submit" class="quiet">I deleted it from ${escapeHtml(name)} by hand</button>`,
    '</form>',
  ].join('\n');

const calendarItem = (calendar: CalendarInWords, linkTo: HostPage['linkTo']): string =>
  [
    `<li><p><strong>${escapeHtml(calendar.name)}</strong> ${escapeHtml(calendar.state)}.</p>`,
    ...calendar.said.map((line) => `<p class="hint">${escapeHtml(line)}</p>`),
    ...(calendar.removable ? [removedByHand(calendar, linkTo('/host/acknowledge-removal'))] : []),
    '</li>',
  ].join('\n');

const retryForm = ({ retryable, linkTo }: HostPage): string =>
  retryable
    ? [
        `<form id="retry" class="plain" method="post" action="${escapeHtml(linkTo('/host/retry'))}">`,
        '<button type="submit" class="quiet">Try again now</button>',
        '</form>',
      ].join('\n')
    : '';

const calendarsSection = (page: HostPage): string =>
  [
    '<section aria-labelledby="calendars-title">',
    '<h2 id="calendars-title">Your calendars</h2>',
    page.calendars.length === 0
      ? '<p>None is connected, so none is written.</p>'
      : `<ul class="calendars">${page.calendars.map((calendar) => calendarItem(calendar, page.linkTo)).join('\n')}</ul>`,
    retryForm(page),
    '</section>',
  ].join('\n');

export const renderHostPage = (page: HostPage): string =>
  renderPage(page, {
    here: page.linkTo('/host'),
    above: [
      livePart('approve', approvePart(page)),
      livePart('decline', declinePart(page)),
      livePart('restore', restorePart(page)),
    ],
    below: [
      livePart('next', nextSection(page)),
      livePart('absent', absencePart(page)),
      livePart('calendars', calendarsSection(page)),
      livePart('move', movePart(page, page.linkTo('/host/move'))),
      livePart('cancel', cancelPart(page)),
    ],
  });
