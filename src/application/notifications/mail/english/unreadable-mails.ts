import type { FailureKind } from '../../../../domain/calendar/calendar-failure.ts';
import { momentText } from '../../../../domain/time/instant-text.ts';
import { type MailDocument, notice, paragraph } from '../mail-document.ts';
import { adviceOn } from '../../../calendars/advice.ts';
import { rows } from './view.ts';

/** What a host is told of one look at a calendar of theirs. `start`, `end`: UTC instants between which it counts as busy. */
type UnreadableMailFacts = {
  readonly calendarLabel: string;
  readonly timeZone: string;
  readonly objects: ReadonlyArray<{
    readonly href: string;
    readonly reason: string;
    readonly start: string;
    readonly end: string;
  }>;
  /** So many others that are not named. */
  readonly more: number;
  /** So many of these mails a host gets in a day, at most, for one calendar. */
  readonly mostADay: number;
};

const LOCALE = 'en-GB';

/** "the entry", or "these 3 entries". */
const entries = (count: number): string => (count === 1 ? 'one entry' : `${count} entries`);

/** Which calendar, which object, what we do about it, what to do. */
export const objectsUnreadable = (facts: UnreadableMailFacts): MailDocument => {
  const { calendarLabel, timeZone, objects, more, mostADay } = facts;
  const [it, its] = objects.length === 1 ? ['it', 'its'] : ['them', 'their'];
  const when = (instant: string): string => momentText(instant, timeZone, LOCALE);
  return {
    subject: `Action needed: ${entries(objects.length)} in your calendar "${calendarLabel}" cannot be read`,
    tone: 'action',
    label: 'Action needed',
    title: `Holdfast cannot read ${entries(objects.length)} in your calendar`,
    blocks: [
      notice(
        `In your calendar "${calendarLabel}" Holdfast found ${entries(objects.length)} that it does not understand. So ${its} time is treated as busy: nobody can book it.`,
      ),
      {
        type: 'list',
        items: objects.map(({ href, reason, start, end }) => ({
          title: href,
          lines: [`Why: ${reason}`, `Busy from: ${when(start)}`, `Busy until: ${when(end)}`],
        })),
      },
      ...(more === 0 ? [] : [paragraph(`There are ${more} more that are not named here.`)]),
      paragraph(
        `What to do: look for ${it} in your calendar at that time. What you do not need, delete; what you need, open and save again. An invitation that you do not know may come from a stranger: delete it.`,
      ),
      paragraph(
        'Bookings that you have are not changed. Once the calendar can be read there again, the time is free by itself.',
      ),
    ],
    footer: `Sent by Holdfast because you are the host of this calendar, at most ${mostADay} times a day.`,
  };
};

/** S28: a guest was turned away. `start`: UTC instant of the time that was asked for. */
type UnreadableForBookingFacts = {
  readonly calendarLabel: string;
  readonly timeZone: string;
  readonly start: string;
  readonly kind: FailureKind;
  readonly message: string;
};

/** Which calendar, why, what became of the request, and what to do. Nothing of the guest: there is no booking. */
export const unreadableForBooking = (facts: UnreadableForBookingFacts): MailDocument => {
  const { calendarLabel: label, timeZone, start, kind, message } = facts;
  return {
    subject: `Action needed: nobody can book you while your calendar "${label}" cannot be read`,
    tone: 'action',
    label: 'Action needed',
    title: 'Holdfast cannot read your calendar',
    blocks: [
      notice(
        `Somebody wanted to book a time with you, and Holdfast could not read your calendar "${label}". It does not know whether you are free, so it refused and said why. There is no booking, and no time is offered before the calendar can be read again.`,
      ),
      rows({ label: 'Wanted time', lines: [momentText(start, timeZone, LOCALE)] }),
      {
        type: 'list',
        items: [
          {
            title: label,
            lines: [
              `Why: ${adviceOn({ kind }).why}`,
              `What to do: ${adviceOn({ kind }).todo}`,
              ...(message === '' ? [] : [`The calendar said: ${message}`]),
            ],
          },
        ],
      },
      paragraph(
        'Bookings that you have are not changed. Once the calendar can be read, times are offered again by themselves.',
      ),
    ],
    footer: 'Sent by Holdfast because you are the host of this calendar, at most once in 24 hours.',
  };
};
