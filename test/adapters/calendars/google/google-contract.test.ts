import { randomBytes } from 'node:crypto';
import { ICS_UID_MARK, SEQUENCE_MARK } from '../../../../src/adapters/calendars/google/event-mapping.ts';
import { ownEventId } from '../../../../src/adapters/calendars/google/locate-own-events.ts';
import { toInstant } from '../../../../src/domain/time/time.ts';
import { remoteCalendarContract } from '../../../contract/calendar/calendar-contract.ts';
import { anEvent, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { type EventResource, intervalOfEvent, put } from '../../../support/google-stand-in/calendar-state.ts';
import { CALENDAR_ID, connectGoogle } from '../../../support/google-stand-in/connect.ts';

const OPERATIONS = ['insert', 'get', 'list', 'patch', 'update', 'delete', 'freebusy'] as const;

/** What Google's pages show of a description, which they read as HTML. */
const shown = (html: string): string => html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The UID and SEQUENCE are ours, kept beside Google's own (ADR 0011). */
const heldEvent = (event: EventResource) => ({
  icsUid: String(event.extendedProperties?.private?.[ICS_UID_MARK]),
  sequence: Number(event.extendedProperties?.private?.[SEQUENCE_MARK]),
  status: String(event.status),
  answers: (event.attendees ?? []).map(({ responseStatus }) => String(responseStatus)),
  summary: String(event.summary),
  description: shown(String(event.description)),
  location: String(event.location),
  ...intervalOfEvent(event, 'Europe/Berlin'),
});

remoteCalendarContract('Google adapter against the Google stand-in', async ({ timeLimitMs }) => {
  const { google, calendar } = await connectGoogle({ timeLimitMs });
  // With a token in hand, what stalls is the calendar.
  await succeeds(calendar.find(ownOf(anEvent()), live()));
  const times = (start: number, end: number): EventResource => ({
    start: { dateTime: toInstant(start) },
    end: { dateTime: toInstant(end) },
  });
  return {
    calendar,
    held: async () => [...google.primary.events.values()].filter(({ status }) => status !== 'cancelled').map(heldEvent),
    occupy: async (own) => {
      put(google.primary, {
        id: ownEventId(own, CALENDAR_ID, 0),
        status: 'confirmed',
        summary: 'x',
        ...times(0, 1000),
      });
    },
    addForeign: async ({ start, end }) => {
      put(google.primary, { id: randomBytes(13).toString('hex'), status: 'confirmed', ...times(start, end) });
    },
    makeUnreadable: async () => {
      google.primary.unreadable = 'internalError';
    },
    stall: async () => {
      for (const operation of OPERATIONS) google.faults.always(operation, { kind: 'stall' });
    },
    boxed: (what, answer) => {
      google.faults.clear();
      const operations = { none: [], writes: ['insert', 'patch', 'update', 'delete'], all: OPERATIONS } as const;
      for (const operation of operations[what]) google.faults.always(operation, { kind: 'in-between', answer });
    },
    loseNextAnswer: async () => google.faults.next('insert', { kind: 'commit-and-drop' }),
    close: google.close,
  };
});
