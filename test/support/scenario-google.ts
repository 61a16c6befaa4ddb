import { onTestFinished } from 'vitest';
import { loadGoogle } from '../../src/adapters/calendars/google/google-client.ts';
import type { CalendarSettings } from '../../src/adapters/calendars/providers.ts';
import { secretOf } from '../../src/application/secret.ts';
import { CALENDAR_ID, GRANTS, OAUTH } from './google-stand-in/connect.ts';
import { type GoogleStandIn, startGoogleStandIn } from './google-stand-in/google-stand-in.ts';

/** A stand-in for Google over real HTTP, and the settings by which a configuration names Odd's calendar there. */
export const standInGoogle = async (): Promise<{
  readonly google: GoogleStandIn;
  readonly settings: CalendarSettings;
}> => {
  await loadGoogle();
  const google = await startGoogleStandIn(GRANTS);
  onTestFinished(google.close);
  const settings: CalendarSettings = {
    type: 'google',
    id: CALENDAR_ID,
    label: "Odd's Google calendar",
    whenDeleted: 'cancel',
    whenMoved: 'follow',
    deletedGraceMs: 120_000,
    calendar: 'primary',
    credentials: {
      type: 'oauth',
      clientId: OAUTH.clientId,
      clientSecret: secretOf(OAUTH.clientSecret),
      refreshToken: secretOf(OAUTH.refreshToken),
    },
    rootUrl: google.rootUrl,
    tokenUrl: google.tokenUrl,
  };
  return { google, settings };
};
