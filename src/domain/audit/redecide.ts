import type { Host } from '../bookable/host.ts';
import { planApproval } from '../booking/approval.ts';
import { type BookingState, noBooking } from '../booking/booking-state.ts';
import type { BookingEvent, BookingEventData } from '../booking/events.ts';
import { evolve } from '../booking/evolve.ts';
import type { DecisionEffect } from '../saga/follow-up.ts';
import { isDecision } from '../saga/follow-up.ts';
import { react } from '../saga/react.ts';
import { toEpochMs } from '../time/time.ts';

/**
 * Where today's code and rules would not have done what the log says. `decision`: the saga would have decided otherwise.
 * `undecided`: it would have decided, and nothing was recorded. `slot`: the time would not have been offered. `rules`: the
 * request would have been taken under other rules. `facts`: what it was decided by is not in the log. `at`: revision of the
 * event.
 */
export type Divergence = {
  readonly kind: 'decision' | 'undecided' | 'slot' | 'rules' | 'facts';
  readonly at: number;
  readonly recorded: string;
  readonly today: string;
  readonly reason: string;
};

type Request = BookingEventData<'BookingRequested'>;
export type Numbered<Event> = { readonly revision: number; readonly event: Event };

/** The event in which a decision of the saga is recorded, with its reason. */
const recordedAs = (effect: DecisionEffect): string => {
  switch (effect.type) {
    case 'Accept':
      return 'BookingAccepted';
    case 'LeavePending':
      return `BookingLeftPending (${effect.reason})`;
    case 'RemindOfApproval':
      return 'ApprovalReminderDue';
    case 'Expire':
      return `BookingExpired (${effect.reason})`;
    case 'CancelForDifference':
      return 'BookingCancelled (for what calendars show)';
    case 'CompleteReschedule':
      return 'BookingRescheduled';
    case 'FailReschedule':
      return `RescheduleFailed (${effect.reason})`;
  }
};

/** How a decision that the log has is named; null: it is none of the saga's. */
const decisionIn = (event: BookingEvent): string | null => {
  if (event.type === 'BookingLeftPending' || event.type === 'BookingExpired' || event.type === 'RescheduleFailed')
    return `${event.type} (${event.data.reason})`;
  const isOne =
    event.type === 'BookingAccepted' || event.type === 'ApprovalReminderDue' || event.type === 'BookingRescheduled';
  return isOne ? event.type : null;
};

const decisionsOf = (booking: BookingState): ReadonlyArray<DecisionEffect> => react(booking).filter(isDecision);

const isDueBy = ({ at }: DecisionEffect, now: number): boolean => at === null || toEpochMs(at) <= now;

/** What would have been decided by then; where nothing would, nobody wants to hear of deadlines that are still to come. */
const byThen = (effects: ReadonlyArray<DecisionEffect>, now: number): string => {
  const due = effects.filter((effect) => isDueBy(effect, now));
  return due.length === 0 ? 'nothing yet' : inWords(due);
};

const inWords = (effects: ReadonlyArray<DecisionEffect>): string =>
  effects.length === 0
    ? 'nothing'
    : effects.map((effect) => `${recordedAs(effect)}${effect.at === null ? '' : ` at ${effect.at}`}`).join(', ');

const leadsTo = (booking: BookingState, recorded: string): boolean =>
  decisionsOf(booking).some((effect) => recordedAs(effect) === recorded);

/** `asRecorded`: the booking by the rules of its time. */
const judged = (
  [booking, asRecorded]: readonly [BookingState, BookingState],
  { event, revision }: Numbered<BookingEvent>,
): ReadonlyArray<Divergence> => {
  const recorded = decisionIn(event);
  if (recorded === null) return [];
  const possible = decisionsOf(booking);
  const same = possible.filter((effect) => recordedAs(effect) === recorded);
  if (same.some((effect) => isDueBy(effect, toEpochMs(event.occurredAt)))) return [];
  if (same.length > 0) {
    const reason = 'it would have been decided, and not yet';
    return [{ kind: 'decision', at: revision, recorded, today: inWords(same), reason }];
  }
  const reason = leadsTo(asRecorded, recorded)
    ? 'by these rules the events before it do not lead to it'
    : 'the events before it do not lead to this decision';
  const today = byThen(possible, toEpochMs(event.occurredAt));
  return [{ kind: 'decision', at: revision, recorded, today, reason }];
};

/** What these rules would have made of the request, as far as the log tells; the calendars are those that were asked. */
const underRules = (
  request: Request,
  requestedAt: string,
  hosts: ReadonlyArray<Host>,
): { readonly request: Request; readonly differences: ReadonlyArray<Omit<Divergence, 'kind' | 'at'>> } => {
  const host = hosts.find(({ id }) => id === request.hostId);
  const eventType = host?.eventTypes.find(({ id }) => id === request.eventTypeId);
  if (host === undefined || eventType === undefined) {
    const what = host === undefined ? `host ${request.hostId}` : `event type ${request.eventTypeId}`;
    const gone = { recorded: 'a request', today: 'a refusal', reason: `the rules have no ${what}` };
    return { request, differences: [gone] };
  }
  const plan = planApproval(eventType, toEpochMs(requestedAt), toEpochMs(request.start));
  const difference = (what: string, recorded: string, today: string) =>
    recorded === today ? [] : [{ recorded, today, reason: `${what} is not the same by these rules` }];
  const list = (ids: ReadonlyArray<string>): string => (ids.length === 0 ? 'none' : [...ids].sort().join(', '));
  const approval = (needed: boolean): string => (needed ? 'approval by the host' : 'no approval');
  return {
    request: {
      ...request,
      acceptance: host.acceptance,
      requiresApproval: plan !== null,
      ...(plan === null || request.requiresApproval ? {} : { approval: plan }),
    },
    differences: [
      ...difference('how many calendars have to take it', request.acceptance, host.acceptance),
      ...difference('whether the host is asked', approval(request.requiresApproval), approval(plan !== null)),
      ...difference(
        'which calendars are asked (what others would have answered is not recorded)',
        list(request.calendars.map(({ calendarId }) => calendarId)),
        list(host.calendarIds),
      ),
    ],
  };
};

/** A decision that is due for so long, and not in the log, was not merely on its way. */
const OVERDUE_MS = 3_600_000;

/**
 * Folds a booking again and re-decides what the saga decided, with today's code, by the rules of `hosts`; null: by what the
 * request froze of the rules of its time. `decided`: revisions of what was decided. After a divergence it goes on with what was recorded. `logTime`: epoch milliseconds of the last event of the log.
 */
export const redecideBooking = (
  events: ReadonlyArray<Numbered<BookingEvent>>,
  hosts: ReadonlyArray<Host> | null,
  logTime: number,
): { readonly decided: ReadonlyArray<number>; readonly divergences: ReadonlyArray<Divergence> } => {
  const divergences: Divergence[] = [];
  const decided: number[] = [];
  let [state, asRecorded]: [BookingState, BookingState] = [noBooking, noBooking];
  for (const { event, revision } of events) {
    let folded: BookingEvent = event;
    if (event.type === 'BookingRequested' && hosts !== null) {
      const { request, differences } = underRules(event.data, event.occurredAt, hosts);
      divergences.push(...differences.map((one): Divergence => ({ kind: 'rules', at: revision, ...one })));
      folded = { ...event, data: request };
    }
    if (decisionIn(event) !== null) decided.push(revision);
    divergences.push(...judged([state, asRecorded], { event, revision }));
    state = evolve(state, folded);
    asRecorded = hosts === null ? state : evolve(asRecorded, event);
  }
  const overdue = decisionsOf(state).filter((effect) => isDueBy(effect, logTime - OVERDUE_MS));
  const last = events.at(-1);
  if (overdue.length > 0 && last !== undefined && toEpochMs(last.event.occurredAt) < logTime - OVERDUE_MS)
    divergences.push({
      kind: 'undecided',
      at: last.revision,
      recorded: 'nothing',
      today: inWords(overdue),
      reason: 'it is due by the events, and was not decided',
    });
  return { decided, divergences };
};
