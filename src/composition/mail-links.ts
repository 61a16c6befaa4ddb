import type { GuestTokens } from '../application/ports/guest-tokens.ts';
import { toEpochMs } from '../domain/time/interval.ts';
import type { MailLinks } from '../projections/notifications/mail-facts-of.ts';

/**
 * Where mails lead: attendees to their booking's page, with a token of theirs; hosts to its history on this server.
 * There is no page for approving yet, so host mails name the request instead.
 */
export const createMailLinks = (publicUrl: () => string, tokens: Pick<GuestTokens, 'issue'>): MailLinks => ({
  manage: (uid, bookingEnd) => {
    const grant = {
      bookingUid: uid,
      party: 'attendee',
      purpose: 'manage',
      bookingEndMs: toEpochMs(bookingEnd),
    } as const;
    return `${publicUrl()}/bookings/${encodeURIComponent(uid)}?token=${encodeURIComponent(tokens.issue(grant))}`;
  },
  history: (uid) => `${publicUrl()}/v2/bookings/${encodeURIComponent(uid)}/events`,
  approval: () => null,
});
