import type { CalendarFailure } from '../../../../domain/calendar/calendar-failure.ts';
import { adviceOn } from '../../../calendars/advice.ts';
import { type MailDocument, notice, paragraph } from '../mail-document.ts';
import { momentText } from '../../../../domain/time/instant-text.ts';

const LOCALE = 'en-GB';

/** Who reads it: the host whose calendar it is, or the operator of the server. */
export type AlertReader = 'host' | 'operator';

/** `since`: UTC instant. `live`: bookings are not counted here, since most calendars have none that are concerned. */
export type OutageFacts = {
  readonly calendarId: string;
  readonly calendarLabel: string;
  readonly reader: AlertReader;
  readonly timeZone: string;
  readonly since: string;
  readonly failure: Pick<CalendarFailure, 'kind' | 'message'>;
};

const which = ({ reader, calendarId, calendarLabel }: Pick<OutageFacts, 'reader' | 'calendarId' | 'calendarLabel'>) =>
  reader === 'host' ? `your calendar "${calendarLabel}"` : `the calendar "${calendarLabel}" (${calendarId})`;

const footerOf = (reader: AlertReader): string =>
  reader === 'host'
    ? 'Sent by Holdfast because you are the host of this calendar: once when it cannot be read, and once when it can again.'
    : 'Sent by Holdfast because you are named as its operator: once when a calendar cannot be read, and once when it can again.';

const consequence =
  'Until then no time of this calendar counts as free, so nobody can book with its host, and bookings that wait for it stay unconfirmed.';

/** Why, since when, what follows from it, what to do. */
export const calendarUnreadable = (facts: OutageFacts): MailDocument => {
  const { why, todo } = adviceOn(facts.failure);
  return {
    subject: `Action needed: Holdfast cannot read ${which(facts)}`,
    tone: 'action',
    label: 'Action needed',
    title: facts.reader === 'host' ? 'Your calendar cannot be read' : 'A calendar cannot be read',
    blocks: [
      notice(
        `Holdfast has not been able to read ${which(facts)} since ${momentText(facts.since, facts.timeZone, LOCALE)}. ${consequence}`,
      ),
      {
        type: 'list',
        items: [
          {
            title: facts.calendarLabel,
            lines: [`Why: ${why}`, `What to do: ${todo}`, `What came: ${facts.failure.message}`],
          },
        ],
      },
      paragraph('Holdfast tries it again every minute, and goes on by itself when it can be read.'),
      ...(facts.reader === 'operator'
        ? [paragraph(`"holdfast calendar check ${facts.calendarId}" tries it step by step.`)]
        : []),
    ],
    footer: footerOf(facts.reader),
  };
};

/** The same calendar, told when it is over. `until`: UTC instant. */
export const calendarBack = (
  facts: Pick<OutageFacts, 'calendarId' | 'calendarLabel' | 'reader' | 'timeZone' | 'since'> & {
    readonly until: string;
  },
): MailDocument => ({
  subject: `Holdfast can read ${which(facts)} again`,
  tone: 'good',
  label: 'All is well again',
  title: facts.reader === 'host' ? 'Your calendar can be read again' : 'A calendar can be read again',
  blocks: [
    paragraph(
      `Holdfast can read ${which(facts)} again. It could not from ${momentText(facts.since, facts.timeZone, LOCALE)} until ${momentText(facts.until, facts.timeZone, LOCALE)}.`,
    ),
    paragraph('What waited for it goes on by itself. There is nothing to do.'),
  ],
  footer: footerOf(facts.reader),
});

/** More was changed in a calendar at once than people change: nothing is done before somebody has decided. */
export const watchStopped = (
  facts: Pick<OutageFacts, 'calendarId' | 'calendarLabel' | 'reader' | 'timeZone'> & {
    readonly found: number;
    readonly watched: number;
  },
): MailDocument => ({
  subject: `Action needed: ${facts.found} events were changed at once in ${which(facts)}`,
  tone: 'action',
  label: 'Action needed',
  title: 'Many events were changed in a calendar at once',
  blocks: [
    notice(
      `${facts.found} of ${facts.watched} events that Holdfast wrote into ${which(facts)} are not there any more, or at other times. That is more than people change at once, so nothing was done: no booking was cancelled or moved, and nobody was told.`,
    ),
    paragraph(
      facts.reader === 'host'
        ? 'If you did that yourself, tell whoever runs Holdfast. Until they have decided, Holdfast does not look at this calendar.'
        : `Was the calendar, or the log of Holdfast, restored from a backup? Then "holdfast calendar restore ${facts.calendarId}" writes the events again. Did somebody mean it? Then "holdfast calendar accept-differences ${facts.calendarId}" does what the policy of the calendar says.`,
    ),
  ],
  footer: footerOf(facts.reader),
});

/** What `holdfast mail test` sends. `way`: how mails are sent. */
export const testMail = ({ from, way }: { readonly from: string; readonly way: string }): MailDocument => ({
  subject: 'Test of the mail that Holdfast sends',
  tone: 'good',
  label: 'Test',
  title: 'This is a test',
  blocks: [
    paragraph('Somebody who runs a Holdfast server had it send this mail. If you read it, its mail works.'),
    paragraph(`Sender: ${from}. Way: ${way}.`),
  ],
  footer: 'Sent by "holdfast mail test". There is nothing to do.',
});
