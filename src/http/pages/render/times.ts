import { escapeHtml } from '../../../application/notifications/mail/mail-document.ts';
import { dateText, dayAndTime, momentText } from '../../../domain/time/instant-text.ts';
import type { TimeChoice } from '../time-choice.ts';
import { layout } from './layout.ts';

/**
 * A page where one free time is chosen. `said`: sentences under the title. `fields`: HTML after the times, `hidden`: fields of the form by
 * name. `here`: the page's own address, with its token. `choice` null: nothing can be booked any more, as `said` tells.
 */
export type TimesPage = {
  readonly title: string;
  readonly said: ReadonlyArray<string>;
  readonly facts: string;
  readonly choice: TimeChoice | null;
  readonly here: string;
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly fields: string;
  readonly button: string;
  readonly back: string;
};

const LOCALE = 'en-GB';

const hiddenField = (name: string, value: string): string =>
  `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`;

/** The day is in the name of each choice too: a screen reader that jumps from time to time says it. */
const choiceItem = (start: string, day: string, time: string): string =>
  `<li><label><input type="radio" name="start" value="${escapeHtml(start)}" required> <span class="unseen">${escapeHtml(day)}, </span>${escapeHtml(time)}</label></li>`;

/** One group of times for each day, under its date and how many there are. */
const days = ({ starts, timeZone }: TimeChoice): string => {
  const byDay = new Map<string, string[]>();
  for (const start of starts) {
    const [day, time] = dayAndTime(start, timeZone, LOCALE);
    byDay.set(day, [...(byDay.get(day) ?? []), choiceItem(start, day, time)]);
  }
  return [...byDay]
    .map(([day, times]) => {
      const count = times.length === 1 ? 'one free time' : `${times.length} free times`;
      return `<fieldset><legend>${escapeHtml(day)} <span class="hint">${count}</span></legend><ul class="actions times">${times.join('\n')}</ul></fieldset>`;
    })
    .join('\n');
};

/** An address of this page with another period or zone, beside what is in it already. */
const at = (here: string, wish: Readonly<Record<string, string>>): string => {
  const [path = '', search = ''] = here.split('?');
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(wish)) query.set(name, value);
  return escapeHtml(`${path}?${query.toString()}`);
};

const periods = ({ here }: TimesPage, { earlier, later, timeZone: zone }: TimeChoice): string => {
  const links = [
    ...(earlier === null
      ? []
      : [
          `<li><a rel="prev" href="${at(here, { from: earlier, zone })}">Earlier: from ${dateText(earlier, LOCALE)}</a></li>`,
        ]),
    ...(later === null
      ? []
      : [
          `<li><a rel="next" href="${at(here, { from: later, zone })}">Later: from ${dateText(later, LOCALE)}</a></li>`,
        ]),
  ];
  return links.length === 0 ? '' : `<nav aria-label="Other days"><ul class="actions">${links.join('\n')}</ul></nav>`;
};

const ZONES: ReadonlyArray<string> = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].toSorted();

const zoneForm = ({ here }: TimesPage, { from, timeZone }: TimeChoice): string => {
  const [path = '', search = ''] = here.split('?');
  const token = new URLSearchParams(search).get('token');
  const zones = ZONES.includes(timeZone) ? ZONES : [timeZone, ...ZONES];
  const options = zones.map(
    (zone) =>
      `<option value="${escapeHtml(zone)}"${zone === timeZone ? ' selected' : ''}>${escapeHtml(zone.replaceAll('_', ' '))}</option>`,
  );
  return [
    `<form class="plain zone" method="get" action="${escapeHtml(path)}">`,
    ...(token === null ? [] : [hiddenField('token', token)]),
    hiddenField('from', from),
    '<label for="zone">Time zone</label>',
    `<select id="zone" name="zone">${options.join('')}</select>`,
    '<button type="submit" class="quiet">Show times in this zone</button>',
    '</form>',
  ].join('\n');
};

/** Why there is no time here, and where the next one is. */
const none = ({ here }: TimesPage, { next, timeZone: zone, lookedUntil }: TimeChoice): string => {
  if (next === null) return `<p>No time is free in this period, nor later until ${dateText(lookedUntil, LOCALE)}.</p>`;
  const from = Temporal.Instant.from(next).toZonedDateTimeISO(zone).toPlainDate().toString();
  return `<p>No time is free in this period. The next one is on <a href="${at(here, { from, zone })}">${escapeHtml(momentText(next, zone, LOCALE))}</a>.</p>`;
};

const form = (page: TimesPage, choice: TimeChoice): string =>
  [
    `<form class="plain" method="post" action="${escapeHtml(page.action)}">`,
    ...Object.entries(page.hidden).map(([name, value]) => hiddenField(name, value)),
    days(choice),
    page.fields,
    `<button type="submit" class="go">${escapeHtml(page.button)}</button>`,
    '</form>',
  ].join('\n');

const times = (page: TimesPage, choice: TimeChoice): ReadonlyArray<string> => [
  '<section aria-labelledby="times-title">',
  `<h2 id="times-title">Free times from ${dateText(choice.from, LOCALE)} to ${dateText(choice.until, LOCALE)}</h2>`,
  `<p class="hint">All times are in ${escapeHtml(choice.timeZone.replaceAll('_', ' '))}.</p>`,
  zoneForm(page, choice),
  periods(page, choice),
  choice.starts.length === 0 ? none(page, choice) : form(page, choice),
  choice.starts.length === 0 ? '' : periods(page, choice),
  '</section>',
];

/** Free times to choose one of; works without scripts, and with the keyboard alone. */
export const renderTimesPage = (page: TimesPage): string =>
  layout({
    title: page.title,
    tone: 'waiting',
    main: [
      '<section id="status" tabindex="-1">',
      `<h1>${escapeHtml(page.title)}</h1>`,
      ...page.said.map((text) => `<p>${escapeHtml(text)}</p>`),
      '</section>',
      page.facts,
      ...(page.choice === null ? [] : times(page, page.choice)),
      `<p><a href="${escapeHtml(page.back)}">Back to the booking</a></p>`,
    ].join('\n'),
    footer: 'Holdfast',
    script: '',
  });
