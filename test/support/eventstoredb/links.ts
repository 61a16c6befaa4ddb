import type { Log, LogEvent } from './log.ts';
import { isTombstoned, visibleEvents } from './stream-state.ts';

/** What a reader is given: an event, or a link with the event that it points at, if that is still there. */
export type Resolved = { readonly event?: LogEvent; readonly link?: LogEvent };

const LINK_TYPE = '$>';

/** A link's data is `revision@stream`. */
export const resolve = (log: Log, now: number, event: LogEvent, resolveLinks: boolean): Resolved => {
  if (!resolveLinks || event.type !== LINK_TYPE) return { event };
  const [revision, ...stream] = Buffer.from(event.data).toString('utf8').split('@');
  const target = stream.join('@');
  const found = isTombstoned(log, target)
    ? undefined
    : visibleEvents(log, target, now).find((candidate) => String(candidate.revision) === revision);
  return found === undefined ? { link: event } : { event: found, link: event };
};
