import type { CalendarStreamEventType } from '../../domain/calendar/events.ts';

/** Which events of a calendar's own stream hosts are told of: a new one has to be decided about here. */
const calendarNotifies: Readonly<Record<CalendarStreamEventType, boolean>> = {
  CalendarConnected: false,
  CalendarAddressChanged: false,
  CalendarObjectsUnreadable: true,
  CalendarObjectsNotNamed: false,
  CalendarObjectsCleared: false,
  CalendarUnreadableForBooking: true,
  CalendarReadingFailed: false,
  CalendarUnreadable: true,
  CalendarCredentialRefused: true,
  CalendarReadableAgain: true,
  CalendarWatchStopped: true,
  CalendarWatchResumed: false,
  CalendarWatchHinted: false,
  CalendarEffectLeased: false,
  CalendarNotificationSent: false,
  CalendarNotificationParked: false,
};
const toldTypes: ReadonlySet<string> = new Set(
  Object.entries(calendarNotifies).flatMap(([type, notifies]) => (notifies ? [type] : [])),
);

/** Whether events of the type, of a calendar's own stream, ever tell anybody anything. */
export const mayNotifyOfCalendar = (type: string): boolean => toldTypes.has(type);
