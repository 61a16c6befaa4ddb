import type { Actor, RecordedEvent } from '../../domain/log/envelope.ts';
import { bookingUidOf, calendarIdOf, changesStream, INSTALLATION, rulesHostOf } from '../commands/aggregate.ts';
import type { FindingKind } from './finding.ts';

const KINDS: ReadonlySet<string> = new Set<Actor['kind']>(['guest', 'host', 'operator', 'system']);

/** Whom data must not name, by the kind of the actor. */
const OTHERS: ReadonlyMap<Actor['kind'], string> = new Map([
  ['host', 'guest'],
  ['guest', 'host'],
]);

/** What led to these stands in the schedule of the host. */
const CAUSED_ELSEWHERE: ReadonlySet<string> = new Set(['RequestAbandoned', 'RescheduleAbandoned']);

/** Key that did what the installation's stream tells, as its data says. */
const keyIn = ({ type, data: { by, keyId } }: Pick<RecordedEvent, 'type' | 'data'>): unknown =>
  type === 'PersonalDataRead' ? keyId : by;

const actorFault = (stream: string, event: RecordedEvent): string | null => {
  const { actor, data } = event;
  for (const name in actor) if (name !== 'kind' && name !== 'id') return `its actor has a field ${name}`;
  if (!KINDS.has(actor.kind)) return 'its actor is of no kind that there is';
  if (stream === changesStream) {
    const key = keyIn(event);
    return typeof key === 'string' && (actor.kind !== 'operator' || actor.id !== key)
      ? 'its actor is not the key that did it'
      : null;
  }
  // Data has many shapes, so that looking into it costs more than all else here: most events are the system's.
  const other = OTHERS.get(actor.kind);
  return other === undefined || data.by !== other ? null : 'its actor is not the one that it names';
};

/** What events of a stream that is not a booking's belong to; null: each to something of its own. */
const belongingOf = (stream: string): string | null =>
  stream === changesStream ? INSTALLATION : (calendarIdOf(stream) ?? rulesHostOf(stream));

/** Forty-eight bits of an id, which are enough within one stream and cost a tenth of it; not a number where it is no UUID. */
const shortOf = (id: string): number => Number.parseInt(id.slice(-12), 16);

/**
 * Whether what stands around the data of an event can be so: who did it, what it belongs to, and, of a booking, what led to it,
 * which stands before it in its stream, and that no two events have one id.
 */
export const makeEnvelopeCheck = (stream: string) => {
  const isOfBooking = bookingUidOf(stream) !== null;
  const belonging = belongingOf(stream);
  const ids: number[] = [];

  const placeFault = (event: RecordedEvent): readonly [FindingKind, string] | null => {
    const { id, type, causationId } = event;
    const own = shortOf(id);
    const isTwice = ids.includes(own);
    const isCaused = causationId === null || CAUSED_ELSEWHERE.has(type) || ids.includes(shortOf(causationId));
    if (!Number.isNaN(own)) ids.push(own);
    if (isTwice) return ['impossible', 'another event before it has its id'];
    return isCaused ? null : ['no-cause', 'what led to it is an event that its stream does not have before it'];
  };

  return (event: RecordedEvent): readonly [FindingKind, string] | null => {
    const misplaced = isOfBooking ? placeFault(event) : null;
    const wrong = actorFault(stream, event);
    if (wrong !== null) return ['impossible', wrong];
    // Of a request that found its calendar unreadable, that is told in the calendar's stream.
    if (belonging !== null && event.correlationId !== belonging && event.type !== 'CalendarUnreadableForBooking')
      return ['chain', `it was written for ${event.correlationId}: it was moved here`];
    return misplaced;
  };
};
