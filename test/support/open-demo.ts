import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';

/** The demo's configuration, for bookings on any day, and for whoever knows a booking's uid. */
export const openDemo = {
  ...demoConfiguration,
  guestActions: 'open',
  hosts: demoConfiguration.hosts.map((host) => ({
    ...host,
    eventTypes: host.eventTypes.map((type) => ({ ...type, bookingWindow: { type: 'unlimited' } as const })),
  })),
} as const;
