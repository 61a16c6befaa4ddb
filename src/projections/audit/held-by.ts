import type { RecordedRules } from '../../application/audit/recorded-rules.ts';
import type { BusyFact, DecisionFacts, HostRules } from '../../domain/rules/decision-facts.ts';
import { toEpochMs } from '../../domain/time/time.ts';

/** A time that a booking held, or asked for, and what was known when it was decided. `by` null: the log does not say. */
export type Held = {
  readonly at: string;
  readonly start: string;
  readonly end: string;
  readonly by: DecisionFacts | null;
};

/**
 * What it was decided by that a time can be had. `since`: when these rules were written down; `rules` null: the log does not
 * have them. `dateHours`: of the days of that time that have hours of their own, in place of the weekly ones. `calendars`: those
 * that were read, and what they had at that time.
 */
export type HeldBy = {
  readonly at: string;
  readonly start: string;
  readonly end: string;
  readonly digest: string;
  readonly since: string | null;
  readonly timeZone: string | null;
  readonly weeklyHours: HostRules['weeklyHours'];
  readonly dateHours: HostRules['dateOverrides'];
  readonly eventType: HostRules['eventTypes'][number] | null;
  readonly calendars: ReadonlyArray<{ readonly calendarId: string; readonly busy: ReadonlyArray<BusyFact> }>;
};

/** Rules that came back are in force since they did: the last time before the decision. */
const sinceAt = ({ written }: RecordedRules, at: string): string | null =>
  written.findLast((since) => toEpochMs(since) <= toEpochMs(at)) ?? written[0] ?? null;

const dateHoursOf = ({ rules }: RecordedRules, { start, end }: Held): HeldBy['dateHours'] => {
  const dateIn = (instant: string): string =>
    Temporal.Instant.from(instant).toZonedDateTimeISO(rules.timeZone).toPlainDate().toString();
  const [first, last] = [dateIn(start), dateIn(end)];
  return rules.dateOverrides.filter(({ date }) => date >= first && date <= last);
};

/** `known`: the rules that the decision names, where the log has them. */
export const heldBy = (held: Held, by: DecisionFacts, known: RecordedRules | null, eventTypeId: number): HeldBy => ({
  at: held.at,
  start: held.start,
  end: held.end,
  digest: by.rules,
  since: known === null ? null : sinceAt(known, held.at),
  timeZone: known?.rules.timeZone ?? null,
  weeklyHours: known?.rules.weeklyHours ?? [],
  dateHours: known === null ? [] : dateHoursOf(known, held),
  eventType: known?.rules.eventTypes.find(({ id }) => id === eventTypeId) ?? null,
  calendars: by.calendars.map((calendarId) => ({
    calendarId,
    busy: by.busy.filter((one) => one.calendarId === calendarId),
  })),
});
