/** P13 and P14: reading one booking's stream from a small and a big log, and the room that events take. `--events=n`. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '../src/application/ports/event-store.ts';
import { interleave, median, numberFlag, quick, report } from './support/measure.ts';
import { EVENT_BYTES, must, newEvent, newEvents, newStream, openStore, temporaryFolder } from './support/store.ts';

const ROUNDS = numberFlag('rounds', quick ? 5 : 12);
const BIG_LOG = numberFlag('events', quick ? 100_000 : 1_000_000);
const SMALL_LOG = 10_000;
const EVENTS_PER_STREAM = 10;
/** In a rush so many bookings grow at the same time, so that the events of each lie scattered. */
const RUSH = 100;
const READS = quick ? 1000 : 4000;

const folder = temporaryFolder();

/** Bookings of 10 events each, `atOnce` of them growing together. Answers their streams. */
const fill = async (store: EventStore, events: number, atOnce: number): Promise<ReadonlyArray<string>> => {
  const streams: Array<string> = [];
  while (streams.length * EVENTS_PER_STREAM < events) {
    const growing = Array.from({ length: atOnce }, newStream);
    for (let n = 0; n < EVENTS_PER_STREAM; n += 1) {
      const expected = n === 0 ? 'no-stream' : n - 1;
      await Promise.all(growing.map((stream) => must(store.append({ stream, expected, events: [newEvent()] }))));
    }
    streams.push(...growing);
  }
  return streams;
};

/** Booking after booking. Written a thousand at a time, each in one piece, so that filling does not take all day. */
const fillQuietly = async (store: EventStore, events: number): Promise<ReadonlyArray<string>> => {
  const streams: Array<string> = [];
  while (streams.length * EVENTS_PER_STREAM < events) {
    const next = Array.from({ length: 100 }, newStream);
    await Promise.all(
      next.map((stream) => must(store.append({ stream, expected: 'no-stream', events: newEvents(EVENTS_PER_STREAM) }))),
    );
    streams.push(...next);
  }
  return streams;
};

const openFilled = async (name: string, events: number) => {
  const path = join(folder.path, name);
  const opened = openStore(path);
  const quiet = await fillQuietly(opened.store, events / 2);
  const rush = await fill(opened.store, events / 2, RUSH);
  return { ...opened, path, quiet, rush, events };
};
type Filled = Awaited<ReturnType<typeof openFilled>>;

/** Median of the time of one read, in microseconds. */
const readP50 =
  ({ store }: Filled, streams: ReadonlyArray<string>) =>
  async (): Promise<number> => {
    const times: Array<number> = [];
    for (let n = 0; n < READS; n += 1) {
      const stream = streams[Math.floor(Math.random() * streams.length)] ?? '';
      const start = performance.now();
      const events = await must(store.readStream(stream));
      times.push((performance.now() - start) * 1000);
      if (events.length !== EVENTS_PER_STREAM) throw new Error(`${stream} has ${events.length} events`);
    }
    return median(times);
  };

const measure = async (): Promise<boolean> => {
  const small = await openFilled('small.sqlite', SMALL_LOG);
  const big = await openFilled('big.sqlite', BIG_LOG);
  const name = (kind: string, { events }: Filled): string => `${kind}, at ${events} events`;
  const kinds = ['quiet', 'rush'] as const;
  const reads = await interleave(
    kinds.flatMap((kind) => [small, big].map((log) => ({ name: name(kind, log), run: readP50(log, log[kind]) }))),
    ROUNDS,
  );
  for (const { store, file } of [small, big]) {
    await store.close();
    await file.close();
  }
  const share = quick ? 0.5 : 1;
  const read = report(
    `read of a stream of ${EVENTS_PER_STREAM} events, p50 in microseconds`,
    reads,
    kinds.map((kind) => ({
      id: 'P13',
      what: name(kind, big),
      variant: name(kind, big),
      anchor: name(kind, small),
      goal: 1.6,
      sense: 'at-most',
    })),
    share,
  );
  const disk = new Map([
    ['its JSON', [EVENT_BYTES]],
    ['on disk', [statSync(big.path).size / big.events]],
  ]);
  const room = report(
    'bytes per event, all indexes',
    disk,
    [{ id: 'P14', what: 'disk per event', variant: 'on disk', anchor: 'its JSON', goal: 1.25, sense: 'at-most' }],
    share,
  );
  return read && room;
};

try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  folder.remove();
}
