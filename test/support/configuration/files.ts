/** The smallest event type, host and file that are accepted; `changes` replace or add keys. */
type Changes = Readonly<Record<string, unknown>>;

export const anEventType = (changes: Changes = {}) => ({
  id: 1,
  slug: 'intro',
  title: 'Introduction',
  lengthInMinutes: 30,
  ...changes,
});

export const aHost = (changes: Changes = {}) => ({
  id: 'odd',
  number: 1,
  username: 'odd',
  name: 'Odd Hansen',
  email: 'odd@example.org',
  timeZone: 'Europe/Oslo',
  eventTypes: [anEventType()],
  ...changes,
});

export const aFile = (changes: Changes = {}) => ({ hosts: [aHost()], ...changes });

export const aCalDavCalendar = (changes: Changes = {}) => ({
  id: 'work',
  label: 'Work',
  type: 'caldav',
  url: 'https://dav.example.org/',
  username: 'odd',
  password: { env: 'CALDAV_PASSWORD' },
  ...changes,
});
