import { describe, expect, test } from 'vitest';
import { fuzzCodecs } from '../support/fuzz/fuzz-codecs.ts';
import { fuzzRequests } from '../support/fuzz/fuzz-requests.ts';

/** The same inputs in each run; `npm run proof:fuzz` makes others, as many as wanted. */
const SEED = 1;

describe('hostile input', () => {
  test('4,000 requests: no 5xx, no log changed without success, no line of the level error', async () => {
    const { findings, answers } = await fuzzRequests(SEED, 4_000);
    expect(findings).toEqual([]);
    // Inputs that are all turned away at the door would show nothing: each route is asked, and most let somebody in.
    expect(answers.size).toBeGreaterThan(30);
    const letIn = [...answers].filter(([, byStatus]) => [...byStatus.keys()].some((status) => status < 400));
    expect(letIn.length).toBeGreaterThan(answers.size / 2);
  });

  test('1,000 texts for every reader of foreign text: none throws, none takes long', async () => {
    expect(await fuzzCodecs(SEED, 1_000)).toEqual([]);
  });
});
