import { type Row, isWebLink, escapeHtml } from '../../../application/notifications/mail/mail-document.ts';
import { MAX_REASON } from '../../bookings/change-bookings.ts';
import type { LinkTo } from '../page.ts';
import type { HistoryInWords, StatusInWords } from '../words.ts';
import { REFRESH_SCRIPT, layout } from './layout.ts';

/** What the pages of guest and host have in common, in plain text. `lookAgainSeconds` null: it will not change by itself. */
export type BookingPage = {
  readonly uid: string;
  readonly what: string;
  readonly hostName: string;
  readonly status: StatusInWords;
  readonly lookAgainSeconds: number | null;
  readonly rows: ReadonlyArray<Row>;
  readonly history: HistoryInWords;
  readonly linkTo: LinkTo;
  /** Whether there is a page to move it on. */
  readonly movable: boolean;
};

/** `calendarLinks`: forms of other calendars; none where there is nothing to put into one. `again`: what is said about booking once more. */
type GuestPage = BookingPage & {
  readonly cancellable: boolean;
  readonly again: { readonly label: string; readonly isPossible: boolean } | null;
  readonly calendarLinks: ReadonlyArray<{ readonly label: string; readonly link: string }>;
};

const statusSection = ({ status, lookAgainSeconds }: BookingPage): string => {
  const again = lookAgainSeconds === null ? '' : ` data-look-again="${lookAgainSeconds}"`;
  const said = status.said.map(
    ({ type, text }) => `<p${type === 'notice' ? ' class="notice"' : ''}>${escapeHtml(text)}</p>`,
  );
  return [
    `<section id="status" data-live tabindex="-1" aria-live="polite" aria-atomic="true"${again}>`,
    `<p class="label">${escapeHtml(status.label)}</p>`,
    `<h1>${escapeHtml(status.title)}</h1>`,
    ...said,
    '</section>',
  ].join('\n');
};

/** For those who keep scripts off: the page stands still, and says how to see more. */
const lookAgainLink = ({ lookAgainSeconds }: BookingPage, here: string): string =>
  lookAgainSeconds === null ? '' : `<noscript><p><a href="${escapeHtml(here)}">Look again now</a></p></noscript>`;

const row = ({ label, lines, link }: Row): string => {
  const texts = lines.map(escapeHtml);
  const shown =
    link !== undefined && isWebLink(link)
      ? texts.map((text) => `<a href="${escapeHtml(link)}" rel="noreferrer">${text}</a>`)
      : texts;
  return `<div><dt>${escapeHtml(label)}</dt>${shown.map((text) => `<dd>${text}</dd>`).join('')}</div>`;
};

export const factsSection = ({ title, rows }: { readonly title: string; readonly rows: ReadonlyArray<Row> }): string =>
  `<section id="facts" data-live aria-labelledby="facts-title">\n<h2 id="facts-title">${escapeHtml(title)}</h2>\n<dl>${rows.map(row).join('\n')}</dl>\n</section>`;

/** `id` is that of the part, and names its fields. `hint`: who reads it and what follows. */
export type ReasonForm = {
  readonly id: string;
  readonly summary: string;
  readonly action: string;
  readonly required: boolean;
  /** HTML of fields that are not shown. */
  readonly hidden?: string;
  readonly hint: string;
  readonly button: string;
};

/** A form with a reason; closed at first, so that nobody acts with one slip. */
export const reasonForm = ({ id, summary, action, required, hidden = '', hint, button }: ReasonForm): string =>
  [
    `<details id="${id}">`,
    `<summary>${escapeHtml(summary)}</summary>`,
    `<form method="post" action="${escapeHtml(action)}">`,
    hidden,
    `<label for="${id}-reason">Reason${required ? '' : ' (optional)'}</label>`,
    `<textarea id="${id}-reason" name="reason" rows="3" maxlength="${MAX_REASON}"${required ? ' required' : ''} aria-describedby="${id}-hint"></textarea>`,
    `<p id="${id}-hint" class="hint">${escapeHtml(hint)}</p>`,
    `<button type="submit">${escapeHtml(button)}</button>`,
    '</form>',
    '</details>',
  ].join('\n');

/** A part of the page that comes and goes with the state of the booking; its place stays, so that the script finds it. */
export const livePart = (id: string, html: string): string => `<div id="${id}-part" data-live>${html}</div>`;

const cancelPart = ({ cancellable, linkTo, hostName }: GuestPage): string =>
  cancellable
    ? reasonForm({
        id: 'cancel',
        summary: 'Cancel this booking',
        action: linkTo('/cancel'),
        required: false,
        hint: `${hostName} will read it. The time is free for others at once.`,
        button: 'Cancel the booking',
      })
    : '';

/** `to`: the page where another time is chosen. */
export const movePart = ({ movable }: BookingPage, to: string): string =>
  movable ? `<p><a href="${escapeHtml(to)}">Move to another time</a></p>` : '';

const againPart = ({ again, linkTo }: GuestPage): string => {
  if (again === null) return '';
  return again.isPossible
    ? `<p><a href="${escapeHtml(linkTo('/again'))}">${escapeHtml(again.label)}</a></p>`
    : `<p class="hint">${escapeHtml(again.label)}</p>`;
};

const calendarPart = ({ calendarLinks, linkTo }: GuestPage): string => {
  if (calendarLinks.length === 0) return '';
  const links = [{ label: 'Calendar file (ICS)', link: linkTo('/calendar.ics') }, ...calendarLinks];
  const items = links.map(
    ({ label, link }) => `<li><a href="${escapeHtml(link)}" rel="noreferrer">${escapeHtml(label)}</a></li>`,
  );
  return [
    '<section aria-labelledby="add-title">',
    '<h2 id="add-title">Add it to your calendar</h2>',
    `<ul class="actions">${items.join('\n')}</ul>`,
    '</section>',
  ].join('\n');
};

const historySection = ({ history: { lines, revision } }: BookingPage): string => {
  const items = lines.map(
    ({ at, when, text, detail }) =>
      `<li><time datetime="${escapeHtml(at)}">${escapeHtml(when)}</time><p>${escapeHtml(text)}</p>${detail === '' ? '' : `<p class="hint">${escapeHtml(detail)}</p>`}</li>`,
  );
  return [
    `<section id="history" data-live aria-labelledby="history-title" data-revision="${revision}">`,
    '<h2 id="history-title">What happened so far</h2>',
    `<ol>${items.join('\n')}</ol>`,
    '</section>',
  ].join('\n');
};

/** `here`: the page's own address. `above`, `below`: HTML of its own, before and after the facts. */
type OwnParts = { readonly here: string; readonly above: ReadonlyArray<string>; readonly below: ReadonlyArray<string> };

/** A whole page of a booking: what is true, what can be done, the facts, what happened. */
export const renderPage = (booking: BookingPage, { here, above, below }: OwnParts): string =>
  layout({
    title: `${booking.status.label}: ${booking.what}`,
    tone: booking.status.tone,
    main: [
      statusSection(booking),
      lookAgainLink(booking, here),
      ...above,
      factsSection({ title: 'The booking', rows: booking.rows }),
      ...below,
      historySection(booking),
    ].join('\n'),
    footer: `Booking ${booking.uid}. Kept by Holdfast for ${booking.hostName}.`,
    script: booking.lookAgainSeconds === null ? '' : REFRESH_SCRIPT,
  });

export const renderGuestPage = (booking: GuestPage): string =>
  renderPage(booking, {
    here: booking.linkTo(''),
    above: [],
    below: [
      livePart('add', calendarPart(booking)),
      livePart('move', movePart(booking, booking.linkTo('/move'))),
      livePart('again', againPart(booking)),
      livePart('cancel', cancelPart(booking)),
    ],
  });
