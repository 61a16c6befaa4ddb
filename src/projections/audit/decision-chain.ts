import type { AuditedEvent, Moment } from '../../application/audit/read-for-audit.ts';
import { causesIn } from '../../domain/audit/causes.ts';
import { approvalDeadlineOf } from '../../domain/booking/approval.ts';
import type { BookingStanding } from './booking-standing.ts';
import { type AuditNames, type BookingTimeline, type TimelineEntry, timelineOf } from './booking-timeline.ts';

/** What an event is in a chain of causes: somebody's command, a call that was begun, what came of a call, or a decision. */
type LinkRole = 'command' | 'effect' | 'outcome' | 'decision' | 'event';

/**
 * `because`: revisions of the events that led to it; what the log itself names, the event that was last known, is in the
 * entry. `after`: the decision that stood when it was made or asked for.
 */
export type ChainLink = {
  readonly role: LinkRole;
  readonly because: ReadonlyArray<number>;
  readonly after: number | null;
  readonly entry: TimelineEntry;
};

/**
 * What the request froze of the rules in force then, by which the saga decides. `deadline`: until when calendars are tried; after
 * an approval as long from there. `approvalDeadline`: by when the host has to approve; null: they are not asked.
 */
type RulesThen = {
  readonly acceptance: string;
  readonly requiresApproval: boolean;
  readonly calendars: ReadonlyArray<string>;
  readonly deadline: string;
  readonly approvalDeadline: string | null;
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

/** What decides, and whatever else made the booking another one to the world: an event that was found gone from its calendar. */
const isDecided = ({ type, changes }: TimelineEntry): boolean =>
  decisions.has(type) || changes.some(({ what, from }) => what === 'status' && from !== null);

const isAsked = ({ cause, actor }: TimelineEntry): boolean => cause.type === 'command' && actor.kind !== 'system';

const roleOf = (entry: TimelineEntry): LinkRole => {
  const { type, call } = entry;
  if (decisions.has(type)) return 'decision';
  if (type.endsWith('Started') && type.startsWith('Calendar')) return 'effect';
  if (call !== null || type.startsWith('Notification') || type.startsWith('Room')) return 'outcome';
  return isAsked(entry) ? 'command' : 'event';
};

/** What led to an event: the call that it answers, what it tells of, what it follows from, or else what the log names. */
const becauseOf = (
  { revision, cause, call, told }: TimelineEntry,
  causes: ReturnType<typeof causesIn>,
): ReadonlyArray<number> => {
  if (told !== null && told.about !== null) return [told.about];
  if (call !== null && call.begunAt !== null) return [call.begunAt];
  const known = causes(revision, cause.type === 'command');
  return known.length === 0 && cause.type === 'event' ? [cause.revision] : known;
};

/** All events of a booking as links, in their order. */
export const chainLinksOf = (
  entries: ReadonlyArray<TimelineEntry>,
  events: ReadonlyArray<AuditedEvent>,
): ReadonlyArray<ChainLink> => {
  const causes = causesIn(
    events.flatMap(({ recorded: { revision }, event }) => (event === null ? [] : [{ revision, event }])),
  );
  let standing: number | null = null;
  return entries.map((entry): ChainLink => {
    const isAfter = decisions.has(entry.type) || entry.cause.type === 'command';
    const link = {
      role: roleOf(entry),
      because: becauseOf(entry, causes),
      after: isAfter ? standing : null,
      entry,
    };
    if (decisions.has(entry.type) || entry.type === 'BookingRequested') standing = entry.revision;
    return link;
  });
};

/** Back to the request. A cause is an earlier event; one that claims to be later, in a forged log, is passed by. */
const chainTo = (links: ReadonlyArray<ChainLink>, revision: number): ReadonlyArray<ChainLink> => {
  const isOf = new Set([revision]);
  for (const { entry, because, after } of links.toReversed()) {
    if (!isOf.has(entry.revision)) continue;
    for (const cause of [...because, ...(after === null ? [] : [after])]) if (cause < entry.revision) isOf.add(cause);
  }
  return links.filter(({ entry }) => isOf.has(entry.revision));
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
    approvalDeadline: requiresApproval ? approvalDeadlineOf({ request: first.data }) : null,
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
  const decision = known.findLast(isDecided);
  if (decision === undefined) return null;
  const then: BookingTimeline = timelineOf(uid, events, { type: 'revision', revision: decision.revision }, names);
  const links = chainLinksOf(whole, events);
  const isOfIt = ({ because, entry: { cause } }: ChainLink): boolean =>
    because.includes(decision.revision) || (cause.type === 'event' && cause.revision === decision.revision);
  return {
    uid,
    decision,
    chain: chainTo(links, decision.revision),
    followed: links.filter(isOfIt),
    rules: rulesIn(events),
    standing: then.standing,
  };
};
