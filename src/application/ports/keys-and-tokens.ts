import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Secret } from '../secret.ts';
import type { StoreError } from './event-store.ts';

/**
 * `read`: see bookings. `book`: create and cancel them. `host`: confirm and decline. `operate`: parked messages,
 * retries, deliveries, rebuild. `audit`: event histories with everything in them.
 */
export const apiKeyRoles = ['read', 'book', 'host', 'operate', 'audit'] as const;
export type ApiKeyRole = (typeof apiKeyRoles)[number];

/** `id`: the actor in events. `hostId`: the one host that the key stands for; null: all hosts. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly roles: ReadonlyArray<ApiKeyRole>;
  readonly hostId: string | null;
};

/** Times are UTC instants in ISO 8601. Revoked keys stay listed, so that the actor of an old event keeps its name. */
export type ListedApiKey = ApiKey & { readonly createdAt: string; readonly revokedAt: string | null };

/** `from-environment`: the key of HOLDFAST_API_KEY, which is not stored and ends with the variable. */
export type Revocation = 'revoked' | 'already-revoked' | 'unknown' | 'from-environment';

export type ApiKeyError = StoreError | { readonly type: 'TooManyKeys'; readonly limit: number };

/** Keys that are not revoked, at most. */
export const MAX_API_KEYS = 1000;

export type ApiKeyRequest = Omit<ApiKey, 'id'>;
export type NewApiKey = { readonly apiKey: ApiKey; readonly key: Secret };

export type ApiKeys = {
  /** `presented`: the key as it came, without `Bearer `. Null when it is unknown or revoked. */
  readonly authenticate: (presented: string) => TaskEither<StoreError, ApiKey | null>;
  /** The key itself is in the answer and nowhere else: it is kept hashed. `by`: id of the key that asks, where one does. */
  readonly create: (wanted: ApiKeyRequest, by?: string) => TaskEither<ApiKeyError, NewApiKey>;
  /** Null where there was a key before, revoked ones included, or where HOLDFAST_API_KEY gives one. Of several nodes one makes it. */
  readonly createFirst: (wanted: ApiKeyRequest) => TaskEither<ApiKeyError, NewApiKey | null>;
  readonly list: () => TaskEither<StoreError, ReadonlyArray<ListedApiKey>>;
  /** Takes effect with the next request; on other nodes within `KEYS_POLL_MS`. */
  readonly revoke: (id: string, by?: string) => TaskEither<StoreError, Revocation>;
};

/**
 * Whom a token stands for, and what it lets them do with this one booking. `manage`: see it and all that the party may
 * do. `see`: see it alone; no mail has such a link any more, those that were sent before still open. `verify`: show that the
 * mailbox is theirs; it is in mails alone, and in no answer.
 */
export type TokenParty = 'attendee' | 'host';
export type TokenPurpose = 'manage' | 'see' | 'verify';

/** `not-ours`: altered, made for another booking, or signed with another secret; the caller does not learn which. */
export type TokenRefusal = 'malformed' | 'not-ours' | 'expired';

/** A token outlives the end of its booking by this much. Epoch milliseconds arithmetic: thirty days of 24 hours. */
export const TOKEN_LIFE_AFTER_END_MS = 30 * 24 * 60 * 60 * 1000;

/** Signed permission that goes out in mails, to the guest and to the host: one is never good for the other. URL-safe. Times in epoch milliseconds. */
export type BookingTokens = {
  readonly issue: (grant: {
    readonly bookingUid: string;
    readonly party: TokenParty;
    readonly purpose: TokenPurpose;
    readonly bookingEndMs: number;
  }) => string;
  readonly verify: (
    token: string,
    demand: {
      readonly bookingUid: string;
      readonly party: TokenParty;
      readonly purpose: TokenPurpose;
      readonly nowMs: number;
    },
  ) => Either<TokenRefusal, { readonly party: TokenParty }>;
};
