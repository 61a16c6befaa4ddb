import type { AuditedEvent, Moment } from '../../application/audit/read-for-audit.ts';
import { type AuditNames, type BookingTimeline, type TimelineEntry, timelineOf } from './booking-timeline.ts';
import { type ChainLink, chainLinksOf } from './decision-chain.ts';

/** `cause` of an entry is what the log names: the event that was known last. `because` is what led to it. */
export type CausedTimeline = Omit<BookingTimeline, 'entries'> & {
  readonly entries: ReadonlyArray<TimelineEntry & Pick<ChainLink, 'because' | 'after'>>;
};

/** The story of a booking up to a moment, each event with what led to it. */
export const causedTimeline = (
  uid: string,
  events: ReadonlyArray<AuditedEvent>,
  moment: Moment,
  names: AuditNames,
): CausedTimeline => {
  const timeline = timelineOf(uid, events, moment, names);
  const links = chainLinksOf(timeline.entries, events);
  return { ...timeline, entries: links.map(({ entry, because, after }) => ({ ...entry, because, after })) };
};
