import type { StandInCalendar } from './stand-in-calendar.ts';

/** Environment variable with the stand-in's password: secrets do not stand in configuration files. */
export const PASSWORD_VARIABLE = 'HOLDFAST_DEMO_CALENDAR_PASSWORD';

export const hostEmail = 'odd@example.com';
export const guestEmail = 'runa@example.com';

/** One host with one CalDAV calendar, as a configuration file in JSON. Retries are short, so that nobody waits for them. */
export const demoConfigurationFile = (calendar: StandInCalendar): string =>
  JSON.stringify({
    hosts: [
      {
        id: 'odd',
        number: 1,
        username: 'odd',
        name: 'Odd Hansen',
        email: hostEmail,
        timeZone: 'Europe/Oslo',
        calendars: ['work'],
        eventTypes: [{ id: 1, slug: 'intro', title: 'Introduction', lengthInMinutes: 30, minimumNoticeInMinutes: 30 }],
      },
    ],
    calendars: [
      {
        id: 'work',
        label: 'Work (stand-in)',
        type: 'caldav',
        url: calendar.url,
        username: calendar.username,
        password: { env: PASSWORD_VARIABLE },
      },
    ],
    timings: { settleWindowInSeconds: 0 },
    retries: { calendar: { baseInSeconds: 0.5, capInSeconds: 1, deadlineInHours: 1 } },
  });
