import type { GoogleCalendarConfig } from './google-calendar-config.ts';
import type { GoogleClient } from './google-client.ts';

/** What every operation of one Google calendar needs. */
export type Google = { readonly call: GoogleClient; readonly config: GoogleCalendarConfig };
