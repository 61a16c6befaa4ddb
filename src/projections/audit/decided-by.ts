import * as E from 'fp-ts/lib/Either.js';
import { type AuditedEvent, type AuditLog, type Moment } from '../../application/audit/read-for-audit.ts';
import { recordedRules } from '../../application/audit/recorded-rules.ts';
import { scheduleStream } from '../../application/commands/aggregate.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import { type ReadsRefusals, readRefusals } from '../../application/refusals/refusal-streams.ts';
import { decodeScheduleEvent } from '../../domain/log/decode.ts';
import type { RefusedRequest } from '../../domain/refusals/refusal.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { AuditNames } from './booking-timeline.ts';
import { type DecisionChain, decisionChain } from './decision-chain.ts';
import { type Held, type HeldBy, heldBy } from './held-by.ts';

/**
 * `heldBy`: of each time that the booking has held. `refused`: requests for one of these times that others were refused.
 * `notRecorded`: what an auditor would want to know and the log does not say.
 */
export type Reasons = DecisionChain & {
  readonly heldBy: ReadonlyArray<HeldBy>;
  readonly refused: ReadonlyArray<RefusedRequest>;
  readonly notRecorded: ReadonlyArray<string>;
};

/** The moves that were asked for by then: another time was held for each. */
const movesBy = (events: ReadonlyArray<AuditedEvent>, revision: number): ReadonlySet<string> =>
  new Set(
    events.flatMap(({ recorded, event }) =>
      event?.type === 'RescheduleRequested' && recorded.revision <= revision ? [event.data.rescheduleId] : [],
    ),
  );

/** The times that the booking had held by that revision, and one that it asked for without holding it. */
const heldTimes = async (
  log: AuditLog,
  uid: string,
  hostId: string,
  events: ReadonlyArray<AuditedEvent>,
  revision: number,
): Promise<E.Either<StoreError, ReadonlyArray<Held>>> => {
  const schedule = await log.readStream(scheduleStream(hostId))();
  if (E.isLeft(schedule)) return schedule;
  const moves = movesBy(events, revision);
  const held = schedule.right.flatMap((recorded): ReadonlyArray<Held> => {
    if (recorded.data.bookingUid !== uid) return [];
    const event = decodeScheduleEvent(recorded);
    if (E.isLeft(event) || (event.right.type !== 'SlotHeld' && event.right.type !== 'NewSlotHeld')) return [];
    if (event.right.type === 'NewSlotHeld' && !moves.has(event.right.data.rescheduleId)) return [];
    const { start, end, decidedBy } = event.right.data;
    return [{ at: event.right.occurredAt, start, end, by: decidedBy ?? null }];
  });
  const [first] = events;
  if (first?.event?.type !== 'BookingRequested' || first.event.data.decidedBy === undefined) return E.right(held);
  const { start, end, decidedBy } = first.event.data;
  return E.right([{ at: first.event.occurredAt, start, end, by: decidedBy }, ...held]);
};

const MINUTE_IN_MS = 60_000;

const isFor =
  (times: ReadonlyArray<Held>) =>
  ({ start, lengthInMinutes }: RefusedRequest): boolean =>
    start !== null &&
    times.some(
      (held) =>
        toEpochMs(start) < toEpochMs(held.end) &&
        toEpochMs(held.start) < toEpochMs(start) + (lengthInMinutes ?? 1) * MINUTE_IN_MS,
    );

/** What the log of that time does not say. */
const notRecorded = (times: ReadonlyArray<Held>, known: ReadonlyArray<HeldBy>): ReadonlyArray<string> => [
  ...(times.length > 0 && times.every(({ by }) => by !== null)
    ? []
    : ['what the calendars were read as busy when the time was held']),
  ...(known.length > 0 && known.every(({ since }) => since !== null)
    ? []
    : ["the host's hours, notice and limits at that time: only that the time was held under them"]),
  'requests that were refused longer ago than refusals are kept',
];

/** `decisionChain`, with what it was decided by that the time can be had, and who was refused it. */
export const reasonsOf = async (
  { log, own }: { readonly log: AuditLog; readonly own: ReadsRefusals },
  uid: string,
  events: ReadonlyArray<AuditedEvent>,
  moment: Moment,
  names: AuditNames,
): Promise<E.Either<StoreError, Reasons | null>> => {
  const chain = decisionChain(uid, events, moment, names);
  if (chain === null) return E.right(null);
  const request = events[0]?.event;
  if (request?.type !== 'BookingRequested')
    return E.right({ ...chain, heldBy: [], refused: [], notRecorded: notRecorded([], []) });
  const { hostId, eventTypeId } = request.data;
  const times = await heldTimes(log, uid, hostId, events, chain.decision.revision);
  if (E.isLeft(times)) return times;
  const [rules, refusals] = await Promise.all([recordedRules(log, hostId), readRefusals(own, hostId)]);
  if (E.isLeft(refusals)) return refusals;
  const known = times.right.flatMap((held) =>
    held.by === null ? [] : [heldBy(held, held.by, rules.get(held.by.rules) ?? null, eventTypeId)],
  );
  const listed = refusals.right.events.flatMap((event) => (event.type === 'BookingRefused' ? [event.data] : []));
  return E.right({
    ...chain,
    heldBy: known,
    refused: listed.filter(isFor(times.right)),
    notRecorded: notRecorded(times.right, known),
  });
};
