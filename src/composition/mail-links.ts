import type { GuestTokens } from '../application/ports/guest-tokens.ts';
import { toEpochMs } from '../domain/time/interval.ts';
import type { MailLinks } from '../projections/notifications/mail-facts-of.ts';

/**
 * Where mails lead: to the booking and to its history on this server. The attendee's link carries a token of theirs.
 * There is no page for approving yet, so host mails name the request instead.
 */
export const createMailLinks = (publicUrl: () => string, tokens: Pick<GuestTokens, 'issue'>): MailLinks => {
  const bookingUrl = (uid: string) => `${publicUrl()}/v2/bookings/${encodeURIComponent(uid)}`;
  return {
    manage: (uid, bookingEnd) => {
      const grant = {
        bookingUid: uid,
        party: 'attendee',
        purpose: 'manage',
        bookingEndMs: toEpochMs(bookingEnd),
      } as const;
      return `${bookingUrl(uid)}?token=${encodeURIComponent(tokens.issue(grant))}`;
    },
    history: (uid) => `${bookingUrl(uid)}/events`,
    approval: () => null,
  };
};
