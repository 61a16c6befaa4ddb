import type { Verdict } from '../ports/consumer-groups.ts';

/** Milliseconds until a message is looked at again that met a log that could not be read or written. */
export const AVAILABLE_AGAIN_MS = 5_000;

/** An outage of the log, a full disk say, says nothing about the message: not counted, however long it lasts. */
export const whenUnavailable: Verdict = { type: 'defer', afterMs: AVAILABLE_AGAIN_MS };

export const isOutage = ({ type }: { readonly type: string }): boolean =>
  type === 'Unavailable' || type === 'OutcomeUnknown';

/**
 * What a consumer says of a message whose stream cannot be used. A stream that cannot be understood stays so until
 * somebody mends it or a newer program reads it: parked at once, so that it is seen and stops nobody.
 */
export const verdictOnFailure = (failure: { readonly type: string }): Verdict => {
  if (isOutage(failure)) return whenUnavailable;
  const reason = JSON.stringify(failure);
  return failure.type === 'Corrupt' || failure.type === 'UnknownBooking'
    ? { type: 'park', reason }
    : { type: 'retry', reason };
};
