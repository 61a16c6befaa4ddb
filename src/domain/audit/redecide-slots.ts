import * as E from 'fp-ts/lib/Either.js';
import { decideSlot } from '../availability/decide-slot.ts';
import { claimsReach } from '../availability/occupancy.ts';
import type { SlotRefusal } from '../availability/slot.ts';
import type { Host } from '../bookable/host.ts';
import { evolveSchedule } from '../schedule/fold-schedule.ts';
import {
  decidingTime,
  emptySchedule,
  heldWithin,
  type ScheduleEvent,
  type ScheduleState,
} from '../schedule/schedule-state.ts';
import { intervalOf, toEpochMs } from '../time/time.ts';
import type { Divergence, Numbered } from './redecide.ts';

const refusalInWords = (refusal: SlotRefusal): string => {
  switch (refusal.code) {
    case 'off_grid':
      return `off_grid: starts come every ${refusal.stepInMinutes} minutes`;
    case 'invalid_length':
      return `invalid_length: ${refusal.allowed.join(', ')} minutes are offered`;
    case 'booking_limit_reached':
      return `booking_limit_reached: ${refusal.limit} a ${refusal.period}`;
    case 'slot_unavailable':
      return `slot_unavailable: another ${refusal.cause} has it`;
    case 'start_in_past':
    case 'inside_minimum_notice':
    case 'beyond_booking_window':
    case 'outside_hours':
      return refusal.code;
  }
};

const MINUTE_IN_MS = 60_000;

/** By which rules of a host it is decided again. */
export type JudgingRules =
  /** Those of a configuration; null: it has no such host. */
  | { readonly type: 'given'; readonly host: Host | null }
  /** Those that each decision names, by their digests. */
  | { readonly type: 'recorded'; readonly hosts: ReadonlyMap<string, Host> };

type Held = Extract<ScheduleEvent, { readonly type: 'SlotHeld' | 'NewSlotHeld' }>;
type Found = Omit<Divergence, 'at'>;

const recordedAs = ({ data: { bookingUid, start, end } }: Held): string => `${bookingUid} holds ${start} to ${end}`;

/** Left: why there are no rules to decide it by. */
const rulesFor = (rules: JudgingRules, event: Held): E.Either<Found, Host> => {
  const found = (kind: Divergence['kind'], reason: string): E.Either<Found, never> =>
    E.left({ kind, recorded: recordedAs(event), today: 'not offered', reason });
  if (rules.type === 'given') return rules.host === null ? found('slot', NO_RULES) : E.right(rules.host);
  const { decidedBy } = event.data;
  const host = decidedBy === undefined ? undefined : rules.hosts.get(decidedBy.rules);
  if (host !== undefined) return E.right(host);
  return E.left({
    kind: 'facts',
    recorded: recordedAs(event),
    today: 'unknown',
    reason:
      decidedBy === undefined
        ? 'it does not say which rules were in force'
        : `its rules, ${decidedBy.rules}, are not in the log`,
  });
};

const NO_RULES = 'the rules have no such host or event type';

const buffersInWords = ({ beforeBuffer, afterBuffer }: Host['eventTypes'][number]): string =>
  `${beforeBuffer} minutes before and ${afterBuffer} after`;

const judgeHeld = (host: Host, schedule: ScheduleState, event: Held): ReadonlyArray<Found> => {
  const { bookingUid, eventTypeId, start, end, claim, decidedBy } = event.data;
  const found = (today: string, reason: string): Found => ({
    kind: 'slot',
    recorded: recordedAs(event),
    today,
    reason,
  });
  const configured = host.eventTypes.find(({ id }) => id === eventTypeId);
  if (configured === undefined) return [found('not offered', NO_RULES)];
  const lengthInMinutes = (toEpochMs(end) - toEpochMs(start)) / MINUTE_IN_MS;
  const isMove = event.type === 'NewSlotHeld';
  // A booking keeps its length when it is moved, also one that is not offered any more.
  const lengthOptions = isMove ? [...configured.lengthOptions, lengthInMinutes] : configured.lengthOptions;
  const rules = { host, eventType: { ...configured, lengthOptions } };
  const wanted = { start: toEpochMs(start), lengthInMinutes, ...(isMove ? { except: bookingUid } : {}) };
  const reach = claimsReach(rules, { start: wanted.start, end: wanted.start }, lengthInMinutes);
  const facts = {
    now: decidingTime(schedule, toEpochMs(event.occurredAt)),
    claims: heldWithin(schedule, reach),
    busy: (decidedBy?.busy ?? []).map((one) => intervalOf(one)),
  };
  const slot = decideSlot(rules, facts, wanted);
  if (E.isLeft(slot)) return [found('not offered', refusalInWords(slot.left))];
  if (slot.right.claim.start !== toEpochMs(claim.start) || slot.right.claim.end !== toEpochMs(claim.end))
    return [found('offered with other buffers', `the event type has ${buffersInWords(configured)} by these rules`)];
  return [];
};

/**
 * Whether each time that was held would have been offered by these rules, given what was held by then and what the calendars
 * were read as busy; a log that does not say so leaves them free. `isJudged`: false for requests that competed, whose time is
 * held late. `held`: revisions of the times that were judged.
 */
export const redecideSlots = (
  events: ReadonlyArray<Numbered<ScheduleEvent>>,
  rules: JudgingRules,
  isJudged: (bookingUid: string) => boolean,
): { readonly held: ReadonlyArray<number>; readonly divergences: ReadonlyArray<Divergence> } => {
  const divergences: Divergence[] = [];
  const held: number[] = [];
  let schedule: ScheduleState = emptySchedule;
  for (const { event, revision } of events) {
    if ((event.type === 'SlotHeld' || event.type === 'NewSlotHeld') && isJudged(event.data.bookingUid)) {
      held.push(revision);
      const host = rulesFor(rules, event);
      const found = E.isLeft(host) ? [host.left] : judgeHeld(host.right, schedule, event);
      divergences.push(...found.map((one) => ({ at: revision, ...one })));
    }
    schedule = evolveSchedule(schedule, event);
  }
  return { held, divergences };
};
