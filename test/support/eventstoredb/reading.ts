import { eventFilter } from './filters.ts';
import { type Streams, streams } from './generated.ts';
import type { Log, LogEvent } from './log.ts';
import { streamNameOf } from './messages.ts';
import { isSoftDeleted, lastRevision, visibleEvents } from './stream-state.ts';

type Options = Streams.ReadReq.Options;
type StreamOptions = Streams.ReadReq.Options.StreamOptions;

const isBackwards = (options: Options): boolean =>
  options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;

const limited = (events: ReadonlyArray<LogEvent>, options: Options): ReadonlyArray<LogEvent> => {
  const ordered = isBackwards(options) ? events.toReversed() : events;
  return ordered.slice(0, Number(options.getCount()));
};

/**
 * Inclusive both ways. "Not found" when there is no such stream, or it is soft-deleted; one whose events are all truncated,
 * or too old, is there and has none to show (seen on 23.10.8).
 */
export const readStream = (
  log: Log,
  now: number,
  options: Options,
  target: StreamOptions,
): ReadonlyArray<LogEvent> | 'not-found' => {
  const stream = streamNameOf(target.getStreamIdentifier());
  if (lastRevision(log, stream) === undefined || isSoftDeleted(log, stream)) return 'not-found';
  const visible = visibleEvents(log, stream, now);
  if (target.hasEnd()) return isBackwards(options) ? limited(visible, options) : [];
  const from = target.hasRevision() ? BigInt(target.getRevision()) : 0n;
  const chosen = visible.filter(({ revision }) => (isBackwards(options) ? revision <= from : revision >= from));
  return limited(chosen, options);
};

/** So many events from a place on that match, without looking at more of the log than that takes. */
const collect = (
  events: ReadonlyArray<LogEvent>,
  from: number,
  step: 1 | -1,
  matches: (event: LogEvent) => boolean,
  count: number,
): ReadonlyArray<LogEvent> => {
  const found: Array<LogEvent> = [];
  for (let index = from; found.length < count; index += step) {
    const event = events[index];
    if (event === undefined) return found;
    if (matches(event)) found.push(event);
  }
  return found;
};

/** Forwards from a position includes the event there, backwards from it does not: a position lies before its event. */
export const readAll = (log: Log, options: Options): ReadonlyArray<LogEvent> => {
  const target = options.getAll();
  const position = target?.getPosition();
  const filter = options.getFilter();
  const matches = filter === undefined ? () => true : eventFilter(filter).matches;
  const events = log.all();
  const from = position === undefined ? 0 : log.indexAfter(BigInt(position.getCommitPosition()), true);
  const start = target?.hasEnd() ? events.length : from;
  const count = Number(options.getCount());
  return isBackwards(options)
    ? collect(events, start - 1, -1, matches, count)
    : collect(events, start, 1, matches, count);
};

/** The cursor after which a subscription begins: exclusive, so -1 stands for the start. */
export const subscribeFrom = (log: Log, options: Options): bigint => {
  const stream = options.getStream();
  if (stream === undefined) {
    const all = options.getAll();
    if (all?.hasEnd()) return log.all().at(-1)?.position ?? -1n;
    return BigInt(all?.getPosition()?.getCommitPosition() ?? -1);
  }
  if (stream.hasEnd()) return lastRevision(log, streamNameOf(stream.getStreamIdentifier())) ?? -1n;
  return stream.hasRevision() ? BigInt(stream.getRevision()) : -1n;
};
