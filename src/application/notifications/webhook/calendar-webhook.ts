import type { CalendarStreamEvent } from '../../../domain/calendar/events.ts';
import type { JsonObject } from '../../../domain/log/envelope.ts';
import { adviceOn } from '../../calendars/advice.ts';
import { webhookTriggers } from '../plan.ts';

/** What programs are told of calendars, which no booking plans. Additions of ours. */
export const calendarTriggers = ['CALENDAR_UNREADABLE', 'CALENDAR_BACK'] as const;
export type CalendarTrigger = (typeof calendarTriggers)[number];

/** All that a webhook can be subscribed to. */
export const subscribableTriggers = [...webhookTriggers, ...calendarTriggers] as const;
export type SubscribableTrigger = (typeof subscribableTriggers)[number];

const aboutTheOutage = (event: CalendarStreamEvent): JsonObject => {
  if (event.type === 'CalendarReadableAgain') return { unreadableSince: event.data.unreadableSince };
  if (event.type !== 'CalendarUnreadable' && event.type !== 'CalendarCredentialRefused') return {};
  const { since, kind, message } = event.data;
  return { unreadableSince: since, failure: { kind, message, ...adviceOn({ kind }) } };
};

/** The body of a webhook about a calendar: our own vocabulary, in the envelope of the others. */
export const composeCalendarWebhook = (
  trigger: CalendarTrigger,
  calendar: { readonly id: string; readonly label: string; readonly hostIds: ReadonlyArray<string> },
  event: CalendarStreamEvent,
  createdAt: string,
): string =>
  JSON.stringify({
    triggerEvent: trigger,
    createdAt: Temporal.Instant.from(createdAt).toString({ smallestUnit: 'millisecond' }),
    payload: {
      calendarId: calendar.id,
      label: calendar.label,
      hosts: calendar.hostIds,
      ...aboutTheOutage(event),
    },
  });
