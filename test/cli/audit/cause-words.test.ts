import { expect, test } from 'vitest';
import { becauseInWords } from '../../../src/cli/audit/cause-words.ts';
import type { ChainLink } from '../../../src/projections/audit/decision-chain.ts';

const link = (
  actor: 'guest' | 'host' | 'operator' | 'system',
  after: number | null = null,
): Omit<ChainLink, 'role'> => ({
  because: [],
  after,
  entry: {
    revision: 4,
    position: 9,
    type: 'BookingCancelled',
    occurredAt: '2050-09-05T08:00:00Z',
    text: '',
    actor: { kind: actor, id: null, name: null },
    cause: { type: 'command' },
    correlationId: '01j8zq3v7h5m2n4p6r8t0w1x3y',
    changes: [],
    call: null,
    told: null,
    erased: false,
  },
});

test('given what somebody wanted, then whose command it was; of the server itself, that it was nobody', () => {
  expect(becauseInWords(link('guest', 3), [])).toBe('a command of the guest, after event 3');
  expect(becauseInWords(link('operator'), [])).toBe('a command of the operator');
  expect(becauseInWords(link('system', 3), [])).toBe('what the server itself found, after event 3');
});
