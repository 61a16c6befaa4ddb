import type { BookingEvent } from '../../../src/domain/booking/events.ts';

const occurredAt = '2050-09-01T08:00:00Z';
const failed = {
  calendarId: 'cal-inside',
  attempt: 2,
  kind: 'auth-revoked',
  message: 'provider-inside',
  retryable: true,
  retryAt: '2050-09-01T08:32:00Z',
} as const;
const done = { calendarId: 'cal-inside', attempt: 2 };
const told = { causedBy: 'e1', channel: 'mail', notification: 'not_confirmed', recipient: 'attendee' } as const;
const personal = { salt: 'salt-inside', reason: 'Away' };

const room = { provider: 'jitsi', roomId: 'inside', url: 'https://inside.example', fallback: false };
const absences = {
  host: true,
  personal: { salt: 'inside', attendees: [{ email: 'inside@x.example', absent: false }] },
};

const guest = {
  number: 2,
  name: 'Ola-inside',
  email: 'ola@inside',
  timeZone: null,
  language: null,
  phoneNumber: null,
};

const requested: BookingEvent = {
  type: 'BookingRequested',
  occurredAt,
  data: {
    hostId: 'host-inside',
    eventTypeId: 1,
    eventTypeSlug: 'intro',
    title: 'Intro',
    start: '2050-09-05T07:00:00Z',
    end: '2050-09-05T07:30:00Z',
    lengthInMinutes: 30,
    claim: { start: '2050-09-05T07:00:00Z', end: '2050-09-05T07:30:00Z' },
    icsUid: 'b1@holdfast',
    requiresApproval: true,
    acceptance: 'any-of',
    calendars: [{ calendarId: 'cal-inside', provider: 'local' }],
    room: { provider: 'jitsi', requestId: 'b1', fallbackLink: 'https://inside.example' },
    location: null,
    settleWindowMs: 0,
    deadline: occurredAt,
    timers: null,
    fingerprint: 'print-inside',
    personal: {
      salt: 'salt-inside',
      organizer: { id: 1, username: 'odd-inside', name: 'Odd-inside', email: 'odd@inside', timeZone: 'UTC' },
      attendee: { name: 'Runa-inside', email: 'runa@inside', timeZone: 'UTC', language: 'en', phoneNumber: null },
      guests: [],
      location: null,
      responses: {},
      metadata: {},
    },
  },
};

/** One of every type, in the order of the codecs; `inside` marks what a guest must not read. */
export const story: ReadonlyArray<readonly [BookingEvent, host: string, guest: string]> = [
  [
    requested,
    'Intro was requested for 2050-09-05 09:00 Europe/Oslo (UTC+02:00), 30 minutes. The time is held. It needs approval.',
    '',
  ],
  [{ type: 'RoomReady', occurredAt, data: room }, 'A video room was made.', ''],
  [
    { type: 'RoomFailed', occurredAt, data: { provider: 'jitsi', message: 'provider-inside' } },
    'No video room could be had. The booking goes on without a link.',
    '',
  ],
  [
    { type: 'CalendarSyncStarted', occurredAt, data: done },
    "Writing to calendar 'Work' began (attempt 2).",
    'Writing to the calendar began (attempt 2).',
  ],
  [
    {
      type: 'CalendarSyncSucceeded',
      occurredAt,
      data: { ...done, providerEventId: 'id-inside', status: 'tentative', meetingUrl: null, found: false },
    },
    "Calendar 'Work' holds the booking.",
    'The calendar holds the booking.',
  ],
  [
    { type: 'CalendarSyncFailed', occurredAt, data: failed },
    "Calendar 'Work' did not take the booking: the user name and password, or the permission, were refused. Next try at 2050-09-01 10:32:00 Europe/Oslo (UTC+02:00).",
    'The calendar did not take the booking. Next try at 2050-09-01 10:32:00 Europe/Oslo (UTC+02:00).',
  ],
  [
    { type: 'CalendarEventConfirmed', occurredAt, data: done },
    "Calendar 'Work' now says that the booking is on.",
    'The calendar now says that the booking is on.',
  ],
  [
    { type: 'CalendarConfirmationFailed', occurredAt, data: { ...failed, retryable: false, retryAt: null } },
    "Calendar 'Work' does not show the booking as it is now: the user name and password, or the permission, were refused. Only a person can help.",
    'The calendar does not show the booking as it is now.',
  ],
  [
    { type: 'CalendarRetryRequested', occurredAt, data: { calendarId: 'work-inside' } },
    "Another try was asked for: calendar 'Work' is asked again now.",
    'Another try was asked for: the calendar is asked again now.',
  ],
  [
    { type: 'CalendarRemovalAcknowledged', occurredAt, data: { calendarId: 'work-inside' } },
    "What calendar 'Work' may still show of the booking was dealt with by a person. It is not looked for any more.",
    'What the calendar may still show of the booking was dealt with by a person. It is not looked for any more.',
  ],
  [
    { type: 'GuestsAdded', occurredAt, data: { by: 'guest', personal: { salt: 'inside', guests: [guest] } } },
    'The guest added ola@inside (guest 2).',
    'The guest added a guest.',
  ],
  [{ type: 'GuestRemoved', occurredAt, data: { by: 'host', number: 2 } }, 'The host removed guest 2.', ''],
  [
    { type: 'PersonalDataErased', occurredAt, data: { subject: 'inside', people: ['attendee', 'guest-2'] } },
    'The personal data of the attendee, guest 2 was erased.',
    '',
  ],
  [
    {
      type: 'LocationChanged',
      occurredAt,
      data: { by: 'host', room: null, personal: { salt: 'inside', location: 'Inside 1' } },
    },
    'The host changed the place. It is now: Inside 1.',
    'The host changed the place.',
  ],
  [
    { type: 'CalendarEventDecorated', occurredAt, data: { ...done, meetingUrl: 'https://inside.example' } },
    "Calendar 'Work' now says where to meet.",
    'The calendar now says where to meet.',
  ],
  [
    { type: 'CalendarDecorationFailed', occurredAt, data: { ...failed, retryable: false, retryAt: null } },
    "Calendar 'Work' does not say where to meet: the user name and password, or the permission, were refused. Only a person can help.",
    'The calendar does not say where to meet.',
  ],
  [
    { type: 'BookingAccepted', occurredAt, data: { reason: 'calendar_holds_it' } },
    'The booking is accepted: a calendar holds it.',
    '',
  ],
  [
    {
      type: 'BookingLeftPending',
      occurredAt,
      data: { reason: 'calendar_sync_failed', deadline: '2050-09-01T09:00:00Z', failures: [failed] },
    },
    'The booking is not confirmed: no calendar has taken it. Trying goes on until 2050-09-01 11:00:00 Europe/Oslo (UTC+02:00).',
    '',
  ],
  [
    { type: 'ApprovalReminderDue', occurredAt, data: { number: 1 } },
    'The host has not decided yet and is reminded.',
    '',
  ],
  [{ type: 'MailboxVerified', occurredAt, data: {} }, 'The mail address was confirmed. Guests may be told.', ''],
  [{ type: 'BookingApproved', occurredAt, data: {} }, 'The host approved. The calendars are written next.', ''],
  [{ type: 'BookingRejected', occurredAt, data: { personal } }, 'The host declined: Away', ''],
  [
    { type: 'BookingExpired', occurredAt, data: { reason: 'approval_missed' } },
    'The booking expired: nobody approved it in time. The time is free again.',
    '',
  ],
  [
    { type: 'BookingCancelled', occurredAt, data: { by: 'guest', personal: { ...personal, reason: null } } },
    'The guest cancelled.',
    '',
  ],
  [
    { type: 'RequestAbandoned', occurredAt, data: {} },
    'The time was held, and the request did not come. It is free again.',
    '',
  ],
  [
    { type: 'EffectLeased', occurredAt, data: { effect: 'calendar work', node: 'a', until: '2050-09-01T08:32:00Z' } },
    "Node 'a' is about to call calendar 'Work'. If it fails to, another may from 2050-09-01 10:32:00 Europe/Oslo (UTC+02:00) on.",
    'The next step was begun.',
  ],
  [
    { type: 'ReminderFellDue', occurredAt, data: { start: '2050-09-05T07:00:00Z', leadMinutes: 90 } },
    'The reminder 90 minutes before the start fell due.',
    '',
  ],
  [
    { type: 'MeetingStarted', occurredAt, data: { start: '2050-09-05T07:00:00Z' } },
    'The start of the meeting came, 2050-09-05 09:00 Europe/Oslo (UTC+02:00).',
    '',
  ],
  [
    { type: 'NoShowCheckFellDue', occurredAt, data: { start: '2050-09-05T07:00:00Z' } },
    'Nobody has said yet who came. The host is asked.',
    '',
  ],
  [
    { type: 'MeetingEnded', occurredAt, data: { start: '2050-09-05T07:00:00Z', end: '2050-09-05T07:30:00Z' } },
    'The end of the meeting came, 2050-09-05 09:30 Europe/Oslo (UTC+02:00).',
    '',
  ],
  [
    { type: 'AbsenceMarked', occurredAt, data: absences },
    'It was said who came: the host was absent; inside@x.example was there after all.',
    'It was said who came: the host was absent; who of the guests was there.',
  ],
  [
    { type: 'CalendarRemovalSucceeded', occurredAt, data: { ...done, outcome: 'removed' } },
    "Calendar 'Work' let go of the booking.",
    'The calendar let go of the booking.',
  ],
  [
    { type: 'CalendarRemovalFailed', occurredAt, data: { ...failed, kind: 'network' } },
    "Calendar 'Work' still shows the booking: it could not be reached. Next try at 2050-09-01 10:32:00 Europe/Oslo (UTC+02:00).",
    'The calendar still shows the booking. Next try at 2050-09-01 10:32:00 Europe/Oslo (UTC+02:00).',
  ],
  [
    { type: 'NotificationSent', occurredAt, data: { ...told, messageId: 'id-inside' } },
    'Told the guest who booked by mail: not confirmed.',
    '',
  ],
  [
    {
      type: 'NotificationParked',
      occurredAt,
      data: { ...told, channel: 'webhook', recipient: 'hook-inside', reason: 'provider-inside' },
    },
    "Could not tell webhook 'hook-inside' by webhook: not confirmed. provider-inside An operator can send it again.",
    'Could not tell another system by webhook: not confirmed. An operator can send it again.',
  ],
];
