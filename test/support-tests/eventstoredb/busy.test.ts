import { NO_STREAM } from '@eventstore/db-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { groupOnAll } from '../../support/eventstoredb/group-on-all.ts';
import { describeRules, newEvent, newEvents, newStream } from '../../support/eventstoredb/server-under-test.ts';

/** Appends or messages that are under way at once. */
const AT_ONCE = 512;

describeRules('512 at once', {}, (client) => {
  const warnings: Array<string> = [];
  const note = (warning: Error): void => void warnings.push(warning.name);
  beforeAll(() => void process.on('warning', note));
  afterAll(() => void process.off('warning', note));

  it('every append is answered with its own place, and no listener piles up', async () => {
    const streams = Array.from({ length: AT_ONCE }, () => newStream());
    const event = () => newEvent({ text: 'x'.repeat(4096) });
    const told = await Promise.all(
      streams.map((stream) => client().appendToStream(stream, event(), { expectedRevision: NO_STREAM })),
    );
    expect(new Set(told.map(({ position }) => position?.commit)).size).toBe(AT_ONCE);
    expect(told.every(({ nextExpectedRevision }) => nextExpectedRevision === 0n)).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('a group gives out as many, and takes as many acks', async () => {
    const { join, stream, info } = await groupOnAll(client(), { readBatchSize: 100 });
    await client().appendToStream(stream(), newEvents(2 * AT_ONCE));
    const consumer = join(AT_ONCE);
    await consumer.until((told) => told.length === AT_ONCE);
    expect((await info()).stats.outstandingMessagesCount).toBe(AT_ONCE);
    await consumer.ackAll();
    await consumer.until((told) => told.length === 2 * AT_ONCE);
    expect(consumer.told()).toEqual(Array.from({ length: 2 * AT_ONCE }, (_, revision) => String(revision)));
    expect(warnings).toEqual([]);
    await consumer.stop();
  });
});
