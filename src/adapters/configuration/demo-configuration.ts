import type { Configuration } from './configuration.ts';
import { configuration } from './configuration.ts';
import { decode, formatConfigurationErrors } from './errors.ts';
import * as E from 'fp-ts/lib/Either.js';

const halfHour = {
  id: 1,
  slug: 'intro',
  title: 'Introduction',
  description: 'Half an hour to get to know each other.',
  lengthInMinutes: 30,
  minimumNoticeInMinutes: 30,
  bookingWindow: { type: 'rolling', days: 365 },
  locations: [{ type: 'link', link: 'https://meet.example/holdfast-demo' }],
};

const needsApproval = {
  ...halfHour,
  id: 2,
  slug: 'ask',
  title: 'Ask for a time',
  description: 'Half an hour, once the host has said yes.',
  requiresConfirmation: true,
};

/** As somebody would write it into a file. Open on weekdays, so that on any day the next free slot is three days off at most. */
const file = {
  hosts: [
    {
      id: 'demo',
      number: 1,
      username: 'demo',
      name: 'Demo Host',
      email: 'demo@localhost',
      timeZone: 'Europe/Oslo',
      calendars: ['demo_calendar'],
      eventTypes: [halfHour, needsApproval],
    },
  ],
  calendars: [{ type: 'local', id: 'demo_calendar', label: 'Demo calendar' }],
};

/** It refers to nothing outside of it. */
const noSources = {
  env: {},
  readFile: () => E.left({ reason: 'the demo reads no file', tooLarge: false }),
  folder: '.',
  allowPrivateAddresses: false,
};

const read = (): Configuration => {
  const decoded = decode(configuration(noSources))(file);
  if (E.isLeft(decoded)) throw new Error(formatConfigurationErrors(decoded.left));
  return decoded.right;
};

/** What runs without HOLDFAST_CONFIG: one host with a built-in calendar. */
export const demoConfiguration: Configuration = read();
