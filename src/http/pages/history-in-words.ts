import type { HistoryEntry } from '../../application/reading/read-booking.ts';
import { describeEvent } from '../../projections/history/describe-event.ts';
import { localeOf, shortText } from '../../projections/notifications/mail/english/times.ts';
import type { MailFacts } from '../../projections/notifications/mail/mail-facts.ts';

/** `at`: UTC instant, `when`: the same in the attendee's zone, for people. */
export type HistoryLine = { readonly at: string; readonly when: string; readonly text: string };

export type HistoryInWords = {
  readonly timeZone: string;
  /** Of the newest event; rises with everything that happens. */
  readonly revision: number;
  readonly lines: ReadonlyArray<HistoryLine>;
};

/** What happened, as guests may read it, oldest first. */
export const historyInWords = (
  entries: ReadonlyArray<HistoryEntry>,
  { attendee: { timeZone, language } }: MailFacts,
): HistoryInWords => {
  const reader = { audience: 'guest', timeZone, calendarLabel: () => '' } as const;
  return {
    timeZone,
    revision: entries.at(-1)?.recorded.revision ?? 0,
    // Which machine does what is nothing to guests.
    lines: entries
      .filter(({ event }) => event.type !== 'EffectLeased')
      .map(({ recorded: { occurredAt }, event }) => ({
        at: occurredAt,
        when: shortText(occurredAt, timeZone, localeOf(language)),
        text: describeEvent(event, reader),
      })),
  };
};
