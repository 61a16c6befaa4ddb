import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import type {
  ExpectedRevision,
  OwnStreams,
  RecordedInternalEvent,
} from '../../../src/application/ports/event-store.ts';
import { claimRounds } from '../../../src/application/privacy/claim-rounds.ts';
import { makeTestClock } from '../../support/clock.ts';
import { must } from '../../support/must.ts';
import { countingIdentity } from '../process.helper.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Streams that two nodes share; `trimmed`: revisions before which events were forgotten. */
const sharedStreams = () => {
  const events: RecordedInternalEvent[] = [];
  const trimmed: number[] = [];
  const streams: Pick<OwnStreams, 'append' | 'readLast' | 'trim'> = {
    readLast: () => TE.fromIO(() => events.at(-1) ?? null),
    append: (stream, expected, [event]) => {
      const actual: ExpectedRevision = events.at(-1)?.revision ?? 'no-stream';
      if (actual !== expected || event === undefined)
        return TE.left({ type: 'RevisionConflict', stream, expected, actual });
      const revision = events.length;
      events.push({ ...event, revision });
      return TE.right({ revision });
    },
    trim: (_, before) => TE.fromIO(() => void trimmed.push(before)),
  };
  return { streams, trimmed };
};

describe('which node does the rounds', () => {
  const given = () => {
    const clock = makeTestClock();
    const { streams, trimmed } = sharedStreams();
    const node = (name: string) =>
      claimRounds({ streams, node: name, clock, identity: countingIdentity(name), everyMs: DAY_MS });
    return { clock, trimmed, alfa: node('alfa'), beta: node('beta') };
  };

  it('given two nodes at the same moment, then one of them does it', async () => {
    const { alfa, beta } = given();
    const both = await Promise.all([alfa(), beta()]);
    expect(both.map((one) => must(one)).toSorted((a, b) => a - b)).toEqual([0, DAY_MS + HOUR_MS]);
  });

  it('given a node did the last round, then it does the next, and the others only an hour after it was due', async () => {
    const { clock, trimmed, alfa, beta } = given();
    expect(must(await alfa())).toBe(0);
    clock.advance(DAY_MS);
    expect(must(await beta())).toBe(HOUR_MS);
    expect(must(await alfa())).toBe(0);
    clock.advance(DAY_MS + HOUR_MS);
    expect(must(await beta())).toBe(0);
    expect(must(await alfa())).toBe(DAY_MS + HOUR_MS);
    expect(trimmed).toEqual([0, 1, 2]);
  });

  it('given a clock that was far ahead, then nobody waits longer than the interval and an hour', async () => {
    const { clock, alfa, beta } = given();
    clock.advance(100 * DAY_MS);
    must(await alfa());
    clock.set(clock.now() - 100 * DAY_MS);
    expect(must(await beta())).toBe(DAY_MS + HOUR_MS);
  });
});
