import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { deterministicId } from '../../src/adapters/identity/ids.ts';
import type { Envelope } from '../../src/domain/log/envelope.ts';
import { isObject } from '../../src/domain/unknown.ts';
import { getFeed } from '../../src/http/audit/feed.ts';
import type { HttpRequest } from '../../src/http/transport/endpoint.ts';
import { makeTestClock } from '../support/clock.ts';
import { temporaryDataFile } from '../support/data-file.ts';
import { must, mustRun } from '../support/must.ts';

const EVENTS = 100_000;
/** Events of a stream, appended at once. */
const OF_STREAM = 500;
const TAKE = 1_000;

const envelope = (stream: string, index: number): Envelope => ({
  id: deterministicId(stream, index),
  type: 'NotificationSent',
  version: 1,
  data: { index },
  occurredAt: '2050-09-01T00:00:00Z',
  actor: { kind: 'system' },
  correlationId: stream,
  causationId: null,
  hash: `${stream} ${index}`,
});
const streamOf = (name: string) => {
  const stream = `booking-${name}`;
  const events = Array.from({ length: OF_STREAM }, (_, index) => envelope(stream, index));
  return { stream, expected: 'no-stream', events } as const;
};

it('given 100,000 events, and more while they are read, when fed by pages, then each comes once', async () => {
  const { file, remove } = await temporaryDataFile();
  const store = must(makeSqliteEventStore(file));
  onTestFinished(async () => {
    await store.close();
    await remove();
  });
  const all = Array.from({ length: EVENTS / OF_STREAM }, (_, index) => streamOf(`${index}`));
  await mustRun(store.appendInOrder(all));
  const { run } = getFeed({ audit: { log: store }, clock: makeTestClock() });
  const page = async (after: number) => {
    const query = { after: `${after}`, take: `${TAKE}`, wait: '0' };
    const request: HttpRequest = {
      ...{ path: '/v2/holdfast/events', params: {}, query, body: {}, caller: null, subject: '' },
      header: () => undefined,
      whenGone: () => new AbortController().signal,
    };
    const answer = await run(request);
    const json: unknown = E.isRight(answer) && 'json' in answer.right ? answer.right.json : null;
    const data = isObject(json) && isObject(json.data) ? json.data : {};
    const events: ReadonlyArray<unknown> = Array.isArray(data.events) ? data.events : [];
    return { next: Number(data.next), events: events.filter(isObject) };
  };
  const seen: string[] = [];
  let [after, pages] = [0, 0];
  for (;;) {
    const { events, next } = await page(after);
    if (events.length === 0) break;
    seen.push(...events.map(({ stream, revision }) => `${String(stream)} ${String(revision)}`));
    expect(next).toBe(events.at(-1)?.position);
    expect(next).toBeGreaterThan(after);
    after = next;
    pages += 1;
    if (pages % 25 === 0) await mustRun(store.append(streamOf(`late${pages}`)));
  }
  const late = ['late25', 'late50', 'late75', 'late100'].map(streamOf);
  const written = [...all, ...late].flatMap(({ stream, events }) =>
    events.map((_, revision) => `${stream} ${revision}`),
  );
  expect(seen.length).toBe(written.length);
  expect(seen.every((one, index) => one === written[index])).toBe(true);
});
