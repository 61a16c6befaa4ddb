import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { inWordsOf, instantsOf } from '../../../src/cli/audit/answering.ts';

const [EARLY, LATE] = ['2050-09-01T00:00:00Z', '2050-10-01T00:00:00Z'];
const [early, late] = [EARLY, LATE].map((text) => Temporal.Instant.from(text).epochMilliseconds);

describe('what the commands of an audit are asked', () => {
  it('given instants, then epoch milliseconds, and null for what is left out', () => {
    expect(instantsOf({ from: EARLY, to: LATE })).toEqual(E.right({ at: null, from: early, to: late }));
    expect(instantsOf({ at: EARLY })).toEqual(E.right({ at: early, from: null, to: null }));
    expect(instantsOf({ from: EARLY, to: EARLY })).toEqual(E.right({ at: null, from: early, to: early }));
  });

  it.each([
    [{ at: '2050-09-01' }, '--at must be an instant such as 2050-09-05T09:00:00Z'],
    [{ from: 'yesterday' }, '--from must be an instant such as 2050-09-05T09:00:00Z'],
    [{ from: LATE, to: EARLY }, '--to must not be before --from'],
  ])('given %j, then the option that is wrong is named', (given, wrong) => {
    expect(instantsOf(given)).toEqual(E.left(wrong));
  });

  it.each([
    [{ type: 'UnknownStream' }, 'stream_not_found'],
    [{ type: 'UnknownHost' }, 'host_not_found'],
    [{ type: 'Unavailable', reason: 'the disk is away' }, 'the disk is away [log_unavailable]'],
    [{ type: 'Corrupt', reason: 'it is not JSON', position: 7 }, 'it is not JSON [log_corrupt]'],
  ] as const)('given %j, then it says why in words, with a code', (error, words) => {
    const answer = inWordsOf(E.left(error));
    expect(E.isLeft(answer) ? answer.left : '').toContain(words);
    expect(E.isLeft(answer) ? answer.left : '{').not.toContain('{');
  });
});
