import { describe, expect, test } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { hostOfRules, hostRulesCodec, rulesOf } from '../../../src/domain/rules/decision-facts.ts';
import { heldBy } from '../../../src/projections/audit/held-by.ts';
import { odd } from '../../support/hosts.ts';
import { must } from '../../support/must.ts';

const hours = [{ from: '10:00', to: '12:00' }];
const { digest, rules: asJson } = rulesOf(sha256Hex, {
  ...odd,
  timeZone: 'Europe/Oslo',
  dateOverrides: [
    { date: '2050-09-05', hours },
    { date: '2050-09-06', hours: [] },
  ],
});
const rules = must(hostRulesCodec.decode(asJson));
const facts = { rules: digest, calendars: ['work'], busy: [] };
const heldAt = (at: string, start: string, end: string, written: ReadonlyArray<string>) =>
  heldBy({ at, start, end, by: facts }, facts, { written, host: hostOfRules('odd', rules), rules }, 1);
const MORNING = '2050-09-05T08:00:00Z';

describe('by what a time was held', () => {
  test('given rules that were changed and came back, then since when they were in force at that decision', () => {
    const written = ['2050-09-01T08:00:00Z', '2050-09-04T08:00:00Z'];
    const sinceOf = (at: string) => heldAt(at, MORNING, MORNING, written).since;
    expect(sinceOf('2050-09-02T08:00:00Z')).toBe(written[0]);
    expect(sinceOf('2050-09-04T08:00:00Z')).toBe(written[1]);
    expect(heldBy({ at: MORNING, start: MORNING, end: MORNING, by: facts }, facts, null, 1).since).toBeNull();
  });

  test('given a day with hours of its own in the zone of the host, then these', () => {
    const datesOf = (start: string, end: string) => heldAt(MORNING, start, end, []).dateHours;
    expect(datesOf(MORNING, '2050-09-05T08:30:00Z')).toEqual([{ date: '2050-09-05', hours }]);
    expect(datesOf('2050-09-05T22:00:00Z', '2050-09-05T22:30:00Z')).toEqual([{ date: '2050-09-06', hours: [] }]);
    expect(datesOf('2050-09-08T08:00:00Z', '2050-09-08T08:30:00Z')).toEqual([]);
  });
});
