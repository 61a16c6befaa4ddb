import { describedZones } from './described-zones.ts';
import type { CorpusEntry } from './entry.ts';
import { namedZones } from './named-zones.ts';
import { oddities } from './oddities.ts';
import { overrides } from './overrides.ts';
import { ruleDays } from './rule-days.ts';
import { ruleEnds } from './rule-ends.ts';
import { ruleTimes } from './rule-times.ts';
import { sets } from './sets.ts';
import { unreadable } from './unreadable.ts';

/** iCalendar objects of our own making, by what they are about, with what a reader must take from them. */
export const corpus: Readonly<Record<string, ReadonlyArray<CorpusEntry>>> = {
  ruleEnds,
  ruleDays,
  ruleTimes,
  sets,
  overrides,
  namedZones,
  describedZones,
  oddities,
  unreadable,
};
