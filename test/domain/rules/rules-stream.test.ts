import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { rulesOf } from '../../../src/domain/rules/decision-facts.ts';
import { decideRules, evolveRules, judgeRulesEvent, noRules } from '../../../src/domain/rules/rules-stream.ts';
import { odd } from '../../support/hosts.ts';
import { must } from '../../support/must.ts';

const note = (host = odd) => ({ type: 'NoteRules', now: 0, ...rulesOf(sha256Hex, host) }) as const;
const [first] = must(decideRules(noRules, note()));
if (first === undefined) throw new Error('nothing was written');
const known = evolveRules(noRules, first);
const judge = judgeRulesEvent(sha256Hex);

describe('the rules of a host', () => {
  it('given the same rules again, also of a host with another name, then nothing is written', () => {
    expect(must(decideRules(known, note({ ...odd, name: 'Odd Again', email: 'again@example.com' })))).toEqual([]);
  });

  it('given other hours, then they are written with their digest', () => {
    const later = note({ ...odd, weeklyHours: [] });
    expect(must(decideRules(known, later))).toMatchObject([
      { type: 'HostRulesChanged', data: { digest: later.digest } },
    ]);
  });

  it('given an event of the log, then it is judged: its digest, and whether anything changed', () => {
    expect(judge(noRules, first)).toMatchObject({ right: known });
    expect(judge(known, first)).toMatchObject({ left: 'these rules were in force already' });
    const forged = { ...first, data: { ...first.data, rules: { ...first.data.rules, timeZone: 'UTC' } } };
    expect(judge(noRules, forged)).toMatchObject({ left: 'its digest is not that of its rules' });
  });
});
