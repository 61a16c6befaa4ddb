import type { AuditedEvent, Moment } from '../../application/audit/read-for-audit.ts';
import type { BookingStanding } from './booking-standing.ts';
import { type AuditNames, type BookingTimeline, type TimelineEntry, timelineOf } from './booking-timeline.ts';

/** What an event is in a chain of causes: somebody's command, a call that was begun, what came of a call, or a decision. */
type LinkRole = 'command' | 'effect' | 'outcome' | 'decision' | 'event';

export type ChainLink = { readonly role: LinkRole; readonly entry: TimelineEntry };

/** What the request froze of the rules in force then, by which the saga decides. */
type RulesThen = {
  readonly acceptance: string;
  readonly requiresApproval: boolean;
  readonly calendars: ReadonlyArray<string>;
  readonly deadline: string;
  readonly settleWindowMs: number;
};

/**
 * Why a booking was decided as it was. `chain`: what led to the decision, oldest first, to the command that began it.
 * `followed`: what the decision caused. `standing`: what the decision went by, just after it.
 */
export type DecisionChain = {
  readonly uid: string;
  readonly decision: TimelineEntry;
  readonly chain: ReadonlyArray<ChainLink>;
  readonly followed: ReadonlyArray<ChainLink>;
  readonly rules: RulesThen | null;
  readonly standing: BookingStanding | null;
};

const decisions: ReadonlySet<string> = new Set([
  'BookingAccepted',
  'BookingLeftPending',
  'BookingApproved',
  'BookingRejected',
  'BookingExpired',
  'BookingCancelled',
  'BookingRescheduled',
  'RescheduleApproved',
  'RescheduleDeclined',
  'RescheduleFailed',
]);

const roleOf = ({ type, cause, call }: TimelineEntry): LinkRole => {
  if (decisions.has(type)) return 'decision';
  if (type.endsWith('Started') && type.startsWith('Calendar')) return 'effect';
  if (call !== null || type.startsWith('Notification') || type.startsWith('Room')) return 'outcome';
  return cause.type === 'command' ? 'command' : 'event';
};

const linkOf = (entry: TimelineEntry): ChainLink => ({ role: roleOf(entry), entry });

/** The call that an outcome answers is part of the chain, though the log says that both have the same cause. */
const begunFor = (entries: ReadonlyArray<TimelineEntry>, { call }: TimelineEntry): TimelineEntry | null =>
  entries.find(({ revision }) => revision === call?.begunAt) ?? null;

const chainTo = (entries: ReadonlyArray<TimelineEntry>, decision: TimelineEntry): ReadonlyArray<ChainLink> => {
  const chain = new Map<number, TimelineEntry>();
  let next: TimelineEntry | null = decision;
  while (next !== null && !chain.has(next.revision)) {
    const here: TimelineEntry = next;
    chain.set(here.revision, here);
    const begun = begunFor(entries, here);
    if (begun !== null) chain.set(begun.revision, begun);
    const { cause } = here;
    next = cause.type === 'event' ? (entries.find(({ revision }) => revision === cause.revision) ?? null) : null;
  }
  return [...chain.values()].toSorted((a, b) => a.revision - b.revision).map(linkOf);
};

const rulesIn = (events: ReadonlyArray<AuditedEvent>): RulesThen | null => {
  const first = events[0]?.event;
  if (first?.type !== 'BookingRequested') return null;
  const { acceptance, requiresApproval, calendars, deadline, settleWindowMs } = first.data;
  return {
    acceptance,
    requiresApproval,
    calendars: calendars.map(({ calendarId }) => calendarId),
    deadline,
    settleWindowMs,
  };
};

/** Of the last decision up to a moment; null: nothing was decided by then. */
export const decisionChain = (
  uid: string,
  events: ReadonlyArray<AuditedEvent>,
  moment: Moment,
  names: AuditNames,
): DecisionChain | null => {
  const whole = timelineOf(uid, events, { type: 'now' }, names).entries;
  const known = timelineOf(uid, events, moment, names).entries;
  const decision = known.findLast(({ type }) => decisions.has(type));
  if (decision === undefined) return null;
  const then: BookingTimeline = timelineOf(uid, events, { type: 'revision', revision: decision.revision }, names);
  const isOfIt = ({ cause, told }: TimelineEntry): boolean =>
    (cause.type === 'event' && cause.revision === decision.revision) || told?.about === decision.revision;
  return {
    uid,
    decision,
    chain: chainTo(whole, decision),
    followed: whole.filter((entry) => isOfIt(entry)).map(linkOf),
    rules: rulesIn(events),
    standing: then.standing,
  };
};
