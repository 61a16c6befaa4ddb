import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../../src/adapters/identity/head-key.ts';
import { verifyEvents } from '../../../src/application/audit/verify-log.ts';
import { must } from '../../support/must.ts';

const hashes = { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null };

describe('the audit of a damaged log', () => {
  it('given a damaged event far from its neighbours, then it is passed in one step', async () => {
    // Positions as EventStoreDB gives them: bytes, with nothing to be read in between.
    const far = 5_000_000_000;
    const asked: number[] = [];
    const corrupt = { type: 'Corrupt', reason: 'damaged', position: far } as const;
    const log = {
      head: () => async () => E.right(far + 9_000),
      readAll: (after: number) => async () => {
        asked.push(after);
        return after < far ? E.left(corrupt) : E.right([]);
      },
    };
    const { findings } = must(await verifyEvents(log, hashes, () => undefined));
    expect(findings).toEqual([{ kind: 'unreadable', stream: '', revision: -1, position: far, reason: 'damaged' }]);
    expect(asked).toEqual([0, 0, far]);
  });

  it('given a file damaged as a whole, then that is found once, and the audit ends', async () => {
    const damaged = () => async () => E.left({ type: 'Corrupt', reason: 'malformed' } as const);
    const log = { head: () => async () => E.right(1_000_000), readAll: damaged };
    const { findings } = must(await verifyEvents(log, hashes, () => undefined));
    expect(findings.map(({ reason }) => reason)).toEqual(['malformed']);
  });
});
