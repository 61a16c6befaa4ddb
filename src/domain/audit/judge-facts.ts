import type { DecisionFacts } from '../rules/decision-facts.ts';
import { intervalOf, overlaps } from '../time/time.ts';

type Span = { readonly start: string; readonly end: string };

/**
 * What in the facts that a time was granted by speaks against it: a calendar that was busy then, or was not read at all. Null:
 * nothing, or no facts are recorded.
 */
export const grantedAgainst = ({
  claim,
  decidedBy,
}: {
  readonly claim: Span;
  readonly decidedBy?: DecisionFacts | undefined;
}): string | null => {
  if (decidedBy === undefined || decidedBy.busy.length === 0) return null;
  const wanted = intervalOf(claim);
  const busy = decidedBy.busy.find((one) => overlaps(intervalOf(one), wanted));
  if (busy !== undefined)
    return `calendar ${busy.calendarId} was busy from ${busy.start} to ${busy.end}, by what it was decided by`;
  const unread = decidedBy.busy.find(({ calendarId }) => !decidedBy.calendars.includes(calendarId));
  return unread === undefined ? null : `calendar ${unread.calendarId} is said to be busy, and was not read`;
};
