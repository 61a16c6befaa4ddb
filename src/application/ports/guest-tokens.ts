import type { Either } from 'fp-ts/lib/Either.js';

/** Whom a token stands for, and what it lets them do: see, cancel and move this one booking. */
export type GuestParty = 'attendee';
export type GuestTokenPurpose = 'manage';

/** `not-ours`: altered, made for another booking, or signed with another secret; which one is not told. */
export type GuestTokenRefusal = 'malformed' | 'not-ours' | 'expired';

/** A token outlives the end of its booking by this much. Epoch milliseconds arithmetic: thirty days of 24 hours. */
export const GUEST_TOKEN_LIFE_AFTER_END_MS = 30 * 24 * 60 * 60 * 1000;

/** Signed permission that goes out in mails to guests. URL-safe. Times in epoch milliseconds. */
export type GuestTokens = {
  readonly issue: (grant: {
    readonly bookingUid: string;
    readonly party: GuestParty;
    readonly purpose: GuestTokenPurpose;
    readonly bookingEndMs: number;
  }) => string;
  readonly verify: (
    token: string,
    demand: { readonly bookingUid: string; readonly purpose: GuestTokenPurpose; readonly nowMs: number },
  ) => Either<GuestTokenRefusal, { readonly party: GuestParty }>;
};
