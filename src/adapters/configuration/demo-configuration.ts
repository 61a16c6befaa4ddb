import type { Configuration } from '../../application/configuration.ts';
import type { EventType } from '../../domain/bookable/host.ts';
import { defaultLimits, defaultRetries, defaultTimings } from './configuration-decoder.ts';
import { FOLDER_MAIL } from './delivery-decoders.ts';
import { EMBEDDED } from './store-decoder.ts';

const halfHour: EventType = {
  id: 1,
  slug: 'intro',
  title: 'Introduction',
  description: 'Half an hour to get to know each other.',
  lengthInMinutes: 30,
  lengthOptions: [],
  slotInterval: null,
  beforeBuffer: 0,
  afterBuffer: 0,
  minimumNotice: 30,
  bookingWindow: { type: 'rolling', days: 365 },
  limits: {},
  requiresConfirmation: false,
  locations: [{ type: 'link', link: 'https://meet.example/holdfast-demo' }],
  bookingFields: [],
  hidden: false,
  guestsAllowed: true,
  hostMustGiveReason: false,
  cancellable: true,
};

const needsApproval: EventType = {
  ...halfHour,
  id: 2,
  slug: 'ask',
  title: 'Ask for a time',
  description: 'Half an hour, once the host has said yes.',
  requiresConfirmation: true,
};

/**
 * What runs without HOLDFAST_CONFIG: one host with a built-in calendar. Open on weekdays, so that on any day the next
 * free slot is at most three days off.
 */
export const demoConfiguration: Configuration = {
  publicUrl: null,
  guestActions: 'open',
  secret: null,
  store: EMBEDDED,
  hosts: [
    {
      id: 'demo',
      number: 1,
      username: 'demo',
      name: 'Demo Host',
      email: 'demo@localhost',
      timeZone: 'Europe/Oslo',
      weeklyHours: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
      dateOverrides: [],
      calendarIds: ['demo_calendar'],
      acceptance: 'any-of',
      eventTypes: [halfHour, needsApproval],
    },
  ],
  calendars: [{ type: 'local', id: 'demo_calendar', label: 'Demo calendar' }],
  webhooks: [],
  mail: FOLDER_MAIL,
  conferencing: { jitsi: null },
  timings: defaultTimings,
  retries: defaultRetries,
  limits: defaultLimits,
};
