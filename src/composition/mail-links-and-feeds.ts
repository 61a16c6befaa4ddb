import { createHmac } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { isBuiltIn } from '../adapters/calendars/providers.ts';
import type { LocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import { isSameText } from '../adapters/identity/booking-token.ts';
import { type ServerSecret, deriveKey } from '../adapters/identity/server-secret.ts';
import type { BookingTokens, TokenParty, TokenPurpose } from '../application/ports/keys-and-tokens.ts';
import { toEpochMs } from '../domain/time/time.ts';
import type { MailLinks } from '../application/notifications/mail/mail-facts.ts';

/** What the log says where nobody knows under which address others reach this server. */
export const NO_PUBLIC_URL =
  'HOST listens on every address, and nothing says under which one others find this server: mails have no links, and guests whom strangers name are not told. Set publicUrl in the configuration.';

/**
 * Links in mails: attendee and host each have a page and a token of their own. `publicUrl` null: it is not known under which
 * address others reach this server, and mails have no links.
 */
export const makeMailLinks = (publicUrl: () => string | null, tokens: Pick<BookingTokens, 'issue'>): MailLinks => {
  const pageOf = (
    path: string,
    party: TokenParty,
    bookingUid: string,
    bookingEnd: string,
    purpose: TokenPurpose = 'manage',
  ) => {
    const origin = publicUrl();
    if (origin === null) return null;
    const token = tokens.issue({ bookingUid, party, purpose, bookingEndMs: toEpochMs(bookingEnd) });
    return `${origin}/bookings/${encodeURIComponent(bookingUid)}${path}?token=${encodeURIComponent(token)}`;
  };
  return {
    manage: (uid, bookingEnd) => pageOf('', 'attendee', uid, bookingEnd),
    tellGuests: (uid, bookingEnd) => pageOf('/guests', 'attendee', uid, bookingEnd, 'verify'),
    host: (uid, bookingEnd) => pageOf('/host', 'host', uid, bookingEnd),
  };
};

/** The built-in calendars as feeds. A feed's address contains its key: calendar programs cannot send one otherwise. */
export type Feeds = {
  /** Path and query of a calendar's feed. */
  readonly pathOf: (calendarId: string) => string;
  /** The whole calendar as iCalendar; null for a wrong token or no such calendar. */
  readonly read: (calendarId: string, token: string) => Promise<string | null>;
};

const feedTokenOf = (secret: ServerSecret) => {
  const key = deriveKey(secret, 'calendar-feed/v1');
  return (calendarId: string) => createHmac('sha256', key).update(calendarId).digest('hex').slice(0, 32);
};

/** Path and query of a calendar's feed: whoever has it can read the calendar, so it is told to who asks, and not logged. */
export const feedPathOf = (secret: ServerSecret): Feeds['pathOf'] => {
  const tokenOf = feedTokenOf(secret);
  return (calendarId) => `/calendars/${encodeURIComponent(calendarId)}.ics?token=${tokenOf(calendarId)}`;
};

export const makeFeeds = (current: () => Configuration, secret: ServerSecret, local: LocalCalendars): Feeds => {
  const tokenOf = feedTokenOf(secret);
  return {
    pathOf: feedPathOf(secret),
    read: async (calendarId, token) => {
      const configuration = current();
      const settings = configuration.calendars.find((calendar) => calendar.id === calendarId && isBuiltIn(calendar));
      if (settings === undefined || !/^[0-9a-f]{32}$/.test(token) || !isSameText(token, tokenOf(calendarId)))
        return null;
      const feed = await local.feed(
        calendarId,
        settings.label,
        AbortSignal.timeout(configuration.timings.calendarTimeLimitMs),
      )();
      return E.isRight(feed)
        ? feed.right
        : Promise.reject(new Error(`the calendar cannot be read: ${feed.left.message}`));
    },
  };
};
