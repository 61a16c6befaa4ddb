export const SUBSCRIPTION = 'everything';

export const hostIds = (count: number, prefix = 'host'): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

/** Ids of the three event types of host n, counted from 0: 30 minutes; 20 minutes with buffers; with approval. */
export const eventTypeIds = (host: number) => ({
  plain: host * 10 + 1,
  buffered: host * 10 + 2,
  approved: host * 10 + 3,
});

const always = {
  minimumNoticeInMinutes: 0,
  bookingWindow: { type: 'unlimited' },
  locations: [{ type: 'address', address: 'Storgata 1, Oslo' }],
};

const eventTypes = (host: number) => {
  const { plain, buffered, approved } = eventTypeIds(host);
  const bufferedTimes = { lengthInMinutes: 20, slotIntervalInMinutes: 10 };
  return [
    { id: plain, slug: 'plain', title: 'Plain', lengthInMinutes: 30, ...always },
    {
      id: buffered,
      slug: 'buffered',
      title: 'Buffered',
      ...bufferedTimes,
      beforeBufferInMinutes: 10,
      afterBufferInMinutes: 5,
      ...always,
    },
    { id: approved, slug: 'ask', title: 'Ask', lengthInMinutes: 30, requiresConfirmation: true, ...always },
  ];
};

type Parts = {
  readonly hosts: ReadonlyArray<{ readonly id: string; readonly calendarUrl: string }>;
  readonly username: string;
  readonly smtpPort: number;
  readonly webhookUrl: string;
  readonly timings: Readonly<Record<string, number>>;
  /** What a calendar's entry says beside the rest. */
  readonly policies: Readonly<Record<string, object>>;
  readonly limits: Readonly<Record<string, number>>;
};

const soon = { baseInSeconds: 0.1, capInSeconds: 1, deadlineInHours: 1 };

/** Hosts open day and night, each with one CalDAV calendar of the host's own name; everything is tried again soon. */
export const worldConfiguration = ({ hosts, username, smtpPort, webhookUrl, timings, policies, limits }: Parts) => ({
  guestActions: 'open',
  hosts: hosts.map(({ id }, index) => ({
    id,
    number: index + 1,
    username: id,
    name: `Host ${index + 1}`,
    email: `${id}@example.org`,
    timeZone: 'Europe/Oslo',
    weeklyHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
    calendars: [id],
    eventTypes: eventTypes(index),
  })),
  calendars: hosts.map(({ id, calendarUrl }) => ({
    id,
    label: `Calendar of ${id}`,
    type: 'caldav',
    url: calendarUrl,
    username,
    password: { env: 'CALDAV_PASSWORD' },
    ...policies[id],
  })),
  webhooks: [
    {
      id: SUBSCRIPTION,
      url: webhookUrl,
      triggers: [
        'BOOKING_CREATED',
        'BOOKING_REQUESTED',
        'BOOKING_CANCELLED',
        'BOOKING_REJECTED',
        'BOOKING_CALENDAR_SYNC_FAILED',
        'BOOKING_RESCHEDULED',
        'BOOKING_RESCHEDULE_FAILED',
        'BOOKING_UPDATED',
      ],
    },
  ],
  mail: {
    from: { name: 'Holdfast', address: 'bookings@holdfast.example' },
    smtp: { host: '127.0.0.1', port: smtpPort, security: 'none' },
  },
  limits,
  timings: {
    settleWindowInSeconds: 0.3,
    answerWaitInSeconds: 2,
    calendarTimeLimitInSeconds: 5,
    mailTimeLimitInSeconds: 2,
    webhookTimeLimitInSeconds: 2,
    ...timings,
  },
  retries: { calendar: soon, mail: soon, webhook: soon },
});
