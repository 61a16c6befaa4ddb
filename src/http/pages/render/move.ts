import { escapeHtml } from '../../../application/notifications/mail/mail-document.ts';
import { dayAndTime, momentText } from '../../../domain/time/instant-text.ts';
import { MAX_REASON } from '../../bookings/change-bookings.ts';
import { layout } from './layout.ts';

/** `present`, `starts`: UTC instants, shown in `timeZone`. `sequence`: of the booking that the page shows; a form that is older is refused. */
type MovePage = {
  readonly what: string;
  readonly withName: string;
  readonly present: string;
  readonly timeZone: string;
  readonly sequence: number;
  readonly starts: ReadonlyArray<string>;
  readonly shownDays: number;
  readonly action: string;
  readonly back: string;
};

const LOCALE = 'en-GB';

const choice = (start: string, time: string): string =>
  `<li><label><input type="radio" name="start" value="${escapeHtml(start)}" required> ${escapeHtml(time)}</label></li>`;

/** One group of times for each day, under its date. */
const days = ({ starts, timeZone }: MovePage): string => {
  const byDay = new Map<string, string[]>();
  for (const start of starts) {
    const [day, time] = dayAndTime(start, timeZone, LOCALE);
    byDay.set(day, [...(byDay.get(day) ?? []), choice(start, time)]);
  }
  return [...byDay]
    .map(([day, times]) => `<fieldset><legend>${day}</legend><ul class="actions">${times.join('\n')}</ul></fieldset>`)
    .join('\n');
};

const form = (move: MovePage): string =>
  [
    `<form class="plain" method="post" action="${escapeHtml(move.action)}">`,
    `<input type="hidden" name="sequence" value="${move.sequence}">`,
    `<p>Free times, in ${escapeHtml(move.timeZone.replaceAll('_', ' '))}:</p>`,
    days(move),
    '<label for="move-reason">Reason (optional)</label>',
    `<textarea id="move-reason" name="reason" rows="3" maxlength="${MAX_REASON}"></textarea>`,
    '<p class="hint">The old time stays yours until the new one is in force.</p>',
    '<button type="submit" class="go">Move the booking</button>',
    '</form>',
  ].join('\n');

/** Free times to choose one of; works without scripts. */
export const renderMovePage = (move: MovePage): string =>
  layout({
    title: `Move: ${move.what} with ${move.withName}`,
    tone: 'waiting',
    main: [
      '<section id="status" tabindex="-1">',
      `<h1>Move ${escapeHtml(move.what)} with ${escapeHtml(move.withName)}</h1>`,
      `<p>It is on ${escapeHtml(momentText(move.present, move.timeZone, LOCALE))} now.</p>`,
      '</section>',
      move.starts.length === 0 ? `<p>No time is free in the next ${move.shownDays} days.</p>` : form(move),
      `<p><a href="${escapeHtml(move.back)}">Back to the booking</a></p>`,
    ].join('\n'),
    footer: 'Holdfast',
    script: '',
  });
