import type { FailureKind } from '../../domain/calendar/calendar-failure.ts';

const words: Readonly<Record<FailureKind, string>> = {
  'auth-revoked': 'the user name and password, or the permission, were refused',
  'auth-expired': 'the sign-in has expired',
  forbidden: 'writing to it is not allowed',
  'calendar-not-found': 'it is not there any more',
  'already-exists': 'an event of somebody else has the same id',
  'rate-limited': 'it asked us to slow down',
  'invalid-request': 'it did not accept the event as we wrote it',
  'outcome-unknown': 'no answer came, so it may have happened or not',
  network: 'it could not be reached',
  'provider-error': 'it failed on its side',
  'no-credential': 'it is not connected any more',
};

/** Why a calendar did not do what was asked, as the end of a sentence. */
export const failureInWords = (kind: FailureKind): string => words[kind];
