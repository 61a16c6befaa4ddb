import type { Verdict } from '../ports/consumer-groups.ts';

/** Milliseconds until a message is handled again whose log could not be read or written. */
export const AVAILABLE_AGAIN_MS = 5_000;

/** An outage of the log (a full disk, say) says nothing about the message, so it is not counted as an attempt. */
export const whenUnavailable: Verdict = { type: 'defer', afterMs: AVAILABLE_AGAIN_MS };

export const isOutage = ({ type }: { readonly type: string }): boolean =>
  type === 'Unavailable' || type === 'OutcomeUnknown';

/**
 * The verdict on a message whose stream cannot be used. A stream that cannot be decoded stays so until a person repairs it
 * or a newer program reads it: its message is parked at once, so that it is seen and blocks nothing.
 */
export const verdictOnFailure = (failure: { readonly type: string }): Verdict => {
  if (isOutage(failure)) return whenUnavailable;
  const reason = JSON.stringify(failure);
  return failure.type === 'Corrupt' || failure.type === 'UnknownBooking'
    ? { type: 'park', reason }
    : { type: 'retry', reason };
};
