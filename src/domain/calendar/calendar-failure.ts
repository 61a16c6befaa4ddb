import * as t from 'io-ts';

/**
 * Why a calendar did not do what was asked. Stored in events: never renamed.
 * `outcome-unknown`: no answer came, the write may have happened; look it up by our own id before writing again.
 */
export const failureKindCodec = t.keyof({
  'auth-revoked': null,
  'auth-expired': null,
  forbidden: null,
  'calendar-not-found': null,
  'already-exists': null,
  'rate-limited': null,
  'invalid-request': null,
  'outcome-unknown': null,
  network: null,
  'provider-error': null,
  'no-credential': null,
});
export type FailureKind = t.TypeOf<typeof failureKindCodec>;

/** What an operator can look at where the kind says too little: the name, the port, the certificate, the address. */
export type FailureCause = 'dns' | 'refused' | 'tls' | 'timeout' | 'address-not-allowed' | 'not-a-calendar';

/** `message` is for the host and the operator: no secret, no guest data. `retryAfterMs` when the provider named a wait. */
export type CalendarFailure = {
  readonly kind: FailureKind;
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly cause?: FailureCause;
};

const worthRetrying: Readonly<Record<FailureKind, boolean>> = {
  'auth-revoked': false,
  'auth-expired': true,
  forbidden: false,
  'calendar-not-found': false,
  'already-exists': false,
  'rate-limited': true,
  'invalid-request': false,
  'outcome-unknown': true,
  network: true,
  'provider-error': true,
  'no-credential': false,
};

/**
 * What a person can mend outside: credentials, rights, addresses. `calendar`: then every booking of the calendar is
 * concerned; `booking`: it may be this one alone. Null: mending nothing helps, or waiting does.
 */
const mending: Readonly<Record<FailureKind, 'calendar' | 'booking' | null>> = {
  'auth-revoked': 'calendar',
  'auth-expired': null,
  forbidden: 'booking',
  'calendar-not-found': 'booking',
  'already-exists': null,
  'rate-limited': null,
  'invalid-request': 'booking',
  'outcome-unknown': null,
  network: null,
  'provider-error': null,
  'no-credential': 'calendar',
};

export const isMendable = (kind: FailureKind): boolean => mending[kind] !== null;
export const isCalendarWide = (kind: FailureKind): boolean => mending[kind] === 'calendar';

/** Whether trying again, without anybody mending anything, may help. */
export const isRetryable = (kind: FailureKind): boolean => worthRetrying[kind];
