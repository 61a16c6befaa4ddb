import { NO_STREAM } from '@eventstore/db-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeRules, newEvent, newStream } from '../../support/eventstoredb/server-under-test.ts';

/** Appends that are under way at once. */
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
});
