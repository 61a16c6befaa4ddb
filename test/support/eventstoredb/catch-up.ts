import type { EventFilter } from './filters.ts';
import type { Streams } from './generated.ts';
import { type Resolved, resolve } from './links.ts';
import { isHiddenInAll, type Log, type LogEvent } from './log.ts';
import { caughtUpMessage, checkpointMessage, eventMessage, fellBehindMessage } from './messages.ts';
import { tooSlow } from './rpc-errors.ts';
import type { ServerVersion } from './server-version.ts';
import type { ServerStream } from './server-stream.ts';
import { lastRevision, visibleEvents } from './stream-state.ts';

/** Events; server `Enumerators.MaxLiveEventBufferCount` and `ReadBatchSize`. */
const LIVE_BUFFER = 32;
const PAGE = 32;

/** What is subscribed to. `cursor` counts positions of `$all`, or revisions of a stream; `after` is exclusive. */
export type Source = {
  readonly after: (cursor: bigint, limit: number) => ReadonlyArray<LogEvent>;
  readonly cursorOf: (event: LogEvent) => bigint;
  /** The cursor of the last event before this one, if there is one. */
  readonly before: (cursor: bigint) => bigint | undefined;
  readonly includes: (event: LogEvent) => boolean;
  readonly exists: () => boolean;
  readonly filter: EventFilter | undefined;
};

export const allSource = (log: Log, filter: EventFilter | undefined): Source => ({
  after: (cursor, limit) => {
    const from = log.indexAfter(cursor);
    return log.all().slice(from, from + limit);
  },
  cursorOf: ({ position }) => position,
  before: (cursor) => log.all()[log.indexAfter(cursor, true) - 1]?.position,
  includes: ({ stream }) => !isHiddenInAll(stream),
  exists: () => true,
  filter,
});

export const streamSource = (log: Log, now: () => number, stream: string): Source => ({
  after: (cursor, limit) =>
    visibleEvents(log, stream, now())
      .filter(({ revision }) => revision > cursor)
      .slice(0, limit),
  cursorOf: ({ revision }) => revision,
  before: (cursor) => (cursor > 0n ? cursor - 1n : undefined),
  includes: (event) => event.stream === stream,
  exists: () => lastRevision(log, stream) !== undefined,
  filter: undefined,
});

type Settings = {
  readonly log: Log;
  readonly now: () => number;
  readonly version: ServerVersion;
  readonly source: Source;
  readonly from: bigint;
  readonly resolveLinks: boolean;
  /** Told how many events were sent so far. */
  readonly onSent: (sent: number) => void;
};

/**
 * History page by page, then live from a buffer of 32. When that overflows, because the reader is slow, the subscription says
 * that it fell behind and reads history again (server `Enumerator.AllSubscription.cs`); 23.10 gives out what is in the
 * buffer and ends it (seen on 23.10.8).
 */
export const runCatchUp = async (stream: ServerStream<Streams.ReadResp>, settings: Settings): Promise<void> => {
  const { log, now, version, source, resolveLinks, onSent } = settings;
  const live: Array<LogEvent> = [];
  let cursor = settings.from;
  let scanned = 0;
  let sent = 0;
  let isLive = false;
  let overflown = false;
  let wake = (): void => undefined;
  const sleep = (): Promise<void> =>
    new Promise((resume) => {
      wake = resume;
    });
  const nothingNew = (): boolean => live.length === 0 && !overflown;

  const stop = log.onCommit((events) => {
    for (const event of events.filter(source.includes)) {
      if (!isLive || overflown) break;
      if (live.length < LIVE_BUFFER) live.push(event);
      else overflown = true;
    }
    wake();
  });
  stream.onClosed(() => {
    stop();
    wake();
  });

  const deliver = async (event: LogEvent): Promise<void> => {
    cursor = source.cursorOf(event);
    if (source.filter === undefined || source.filter.matches(event)) {
      const resolved: Resolved = resolve(log, now(), event, resolveLinks);
      await stream.send(eventMessage(resolved));
      sent += 1;
      onSent(sent);
    }
    scanned += 1;
    if (source.filter !== undefined && scanned >= source.filter.checkpointEvery) {
      scanned = 0;
      await stream.send(checkpointMessage(event.position));
    }
  };

  while (stream.isOpen()) {
    const page = source.after(cursor, PAGE);
    for (const event of page) {
      if (!stream.isOpen()) return;
      await deliver(event);
    }
    if (page.length > 0) continue;
    live.length = 0;
    overflown = false;
    isLive = true;
    let owesCaughtUp = version === '23.10' && !source.exists();
    if (!owesCaughtUp) await stream.send(caughtUpMessage());
    while (stream.isOpen() && (!overflown || (version === '23.10' && live.length > 0))) {
      const next = live.shift();
      if (next !== undefined) await deliver(next);
      else if (nothingNew()) await sleep();
      if (next !== undefined && owesCaughtUp) {
        owesCaughtUp = false;
        await stream.send(caughtUpMessage());
      }
    }
    isLive = false;
    if (version === '23.10') return stream.fail(tooSlow());
    if (stream.isOpen()) await stream.send(fellBehindMessage());
  }
};
