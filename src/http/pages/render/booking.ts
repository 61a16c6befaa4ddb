import { type Row, isWebLink, escapeHtml } from '../../../application/notifications/mail/mail-document.ts';
import { MAX_REASON } from '../../bookings/change-bookings.ts';
import type { PageLinks } from '../page.ts';
import type { HistoryInWords, StatusInWords } from '../words.ts';
import { REFRESH_SCRIPT, layout } from './layout.ts';

/** Everything that the page says, in plain text. `lookAgainSeconds` null: it will not change by itself. */
export type BookingPage = {
  readonly uid: string;
  readonly what: string;
  readonly hostName: string;
  readonly status: StatusInWords;
  readonly lookAgainSeconds: number | null;
  readonly rows: ReadonlyArray<Row>;
  readonly history: HistoryInWords;
  readonly links: PageLinks;
  readonly cancellable: boolean;
};

const statusSection = ({ status, lookAgainSeconds }: BookingPage): string => {
  const again = lookAgainSeconds === null ? '' : ` data-look-again="${lookAgainSeconds}"`;
  const said = status.said.map(
    ({ type, text }) => `<p${type === 'notice' ? ' class="notice"' : ''}>${escapeHtml(text)}</p>`,
  );
  return [
    `<section id="status" tabindex="-1" aria-live="polite" aria-atomic="true"${again}>`,
    `<p class="label">${escapeHtml(status.label)}</p>`,
    `<h1>${escapeHtml(status.title)}</h1>`,
    ...said,
    '</section>',
  ].join('\n');
};

/** For those who keep scripts off: the page stands still, and says how to see more. */
const lookAgainLink = ({ lookAgainSeconds, links }: BookingPage): string =>
  lookAgainSeconds === null
    ? ''
    : `<noscript><p><a href="${escapeHtml(links.again)}">Look again now</a></p></noscript>`;

const row = ({ label, lines, link }: Row): string => {
  const texts = lines.map(escapeHtml);
  const shown =
    link !== undefined && isWebLink(link)
      ? texts.map((text) => `<a href="${escapeHtml(link)}" rel="noreferrer">${text}</a>`)
      : texts;
  return `<div><dt>${escapeHtml(label)}</dt>${shown.map((text) => `<dd>${text}</dd>`).join('')}</div>`;
};

const factsSection = ({ rows }: BookingPage): string =>
  `<section id="facts" aria-labelledby="facts-title">\n<h2 id="facts-title">The booking</h2>\n<dl>${rows.map(row).join('\n')}</dl>\n</section>`;

/** Closed at first, so that nobody cancels with one slip. */
const cancelSection = ({ cancellable, links, hostName }: BookingPage): string =>
  cancellable
    ? [
        '<details id="cancel">',
        '<summary>Cancel this booking</summary>',
        `<form method="post" action="${escapeHtml(links.cancel)}">`,
        '<label for="reason">Reason (optional)</label>',
        `<textarea id="reason" name="reason" rows="3" maxlength="${MAX_REASON}" aria-describedby="reason-hint"></textarea>`,
        `<p id="reason-hint" class="hint">${escapeHtml(hostName)} will read it. The time is free for others at once.</p>`,
        '<button type="submit">Cancel the booking</button>',
        '</form>',
        '</details>',
      ].join('\n')
    : '';

const historySection = ({ history: { lines, revision, timeZone } }: BookingPage): string => {
  const items = lines.map(
    ({ at, when, text }) =>
      `<li><time datetime="${escapeHtml(at)}">${escapeHtml(when)}</time><p>${escapeHtml(text)}</p></li>`,
  );
  return [
    `<section id="history" aria-labelledby="history-title" data-revision="${revision}">`,
    '<h2 id="history-title">What happened so far</h2>',
    `<p class="hint">Times in ${escapeHtml(timeZone.replaceAll('_', ' '))}.</p>`,
    `<ol>${items.join('\n')}</ol>`,
    '</section>',
  ].join('\n');
};

export const renderBooking = (booking: BookingPage): string => {
  const sections = [statusSection, lookAgainLink, factsSection, cancelSection, historySection];
  return layout({
    title: `${booking.status.label}: ${booking.what}`,
    tone: booking.status.tone,
    main: sections.map((section) => section(booking)).join('\n'),
    footer: `Booking ${booking.uid}. Kept by Holdfast for ${booking.hostName}.`,
    script: booking.lookAgainSeconds === null ? '' : REFRESH_SCRIPT,
  });
};
