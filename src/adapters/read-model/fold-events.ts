import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import type { BookingState } from '../../domain/booking/booking-state.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { bookingEventCodecs } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import type { DomainEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Told } from '../../projections/projection.ts';
import type { Projector } from './projectors.ts';
import { bookingsPart, otherParts } from './projectors.ts';
import type { Understand } from './understand.ts';
import { messageOf } from '../../domain/unknown.ts';

/** How far a projection has got. `stopped`: why it takes no more events; it goes on after a rebuild only. */
export type Checkpoint = { readonly position: number; readonly eventId: string; readonly stopped: string | null };

export type EventFold = {
  readonly projectors: ReadonlyArray<Projector>;
  /** Folds one event into the rows in memory. What cannot be folded stops its projection, before the event. */
  readonly fold: (recorded: RecordedEvent) => void;
  readonly checkpoints: () => ReadonlyMap<string, Checkpoint>;
  /** Goes back to these, with no rows in memory. */
  readonly reset: (checkpoints: ReadonlyMap<string, Checkpoint>) => void;
};

export const initialCheckpoint: Checkpoint = { position: 0, eventId: '', stopped: null };

const isOfBooking = (event: DomainEvent): event is BookingEvent => Object.hasOwn(bookingEventCodecs, event.type);

const evolved = (booking: BookingState, event: DomainEvent): BookingState =>
  isOfBooking(event) ? evolve(booking, event) : noBooking;

/**
 * All projections over an open file. An event that nobody understands stops them all, and so does one that the bookings
 * cannot fold, since the others are told of bookings before and after it.
 */
export const foldEvents = (db: DatabaseSync, understand: Understand): EventFold => {
  const bookings = bookingsPart.open(db);
  const projectors = [bookings, ...otherParts.map((part) => part.open(db))];
  const reached = new Map<string, Checkpoint>();

  const stop = (name: string, recorded: RecordedEvent, reason: string): void => {
    const before = reached.get(name) ?? initialCheckpoint;
    const { stream, revision, position, type } = recorded;
    reached.set(name, {
      ...before,
      stopped: `${type} at position ${position} (${stream}, revision ${revision}): ${reason}`,
    });
  };
  const isRunning = ({ name }: Projector): boolean => (reached.get(name)?.stopped ?? null) === null;
  const stopAll = (recorded: RecordedEvent, reason: string): void => {
    for (const { name } of projectors.filter(isRunning)) stop(name, recorded, reason);
  };

  const tell = (projector: Projector, recorded: RecordedEvent, told: Told | null, here: Checkpoint): void => {
    const reason = told === null ? null : projector.take(told);
    if (reason === null) reached.set(projector.name, here);
    else if (projector === bookings) stopAll(recorded, reason);
    else stop(projector.name, recorded, reason);
  };

  const toldOf = (recorded: RecordedEvent, owner: string, event: DomainEvent): E.Either<string, Told> => {
    const before = isOfBooking(event) ? bookings.get(owner) : noBooking;
    const { id: eventId, position } = recorded;
    try {
      return E.right({ event, eventId, position, owner, before, after: evolved(before, event) });
    } catch (thrown) {
      return E.left(messageOf(thrown));
    }
  };

  const fold = (recorded: RecordedEvent): void => {
    if (!isRunning(bookings)) return;
    const understood = understand(recorded);
    if (E.isLeft(understood)) {
      stopAll(recorded, understood.left.reason);
      return;
    }
    const here: Checkpoint = { position: recorded.position, eventId: recorded.id, stopped: null };
    const told =
      understood.right === null ? E.right(null) : toldOf(recorded, understood.right.owner, understood.right.event);
    if (E.isLeft(told)) {
      stopAll(recorded, told.left);
      return;
    }
    for (const projector of projectors) if (isRunning(projector)) tell(projector, recorded, told.right, here);
  };

  return {
    projectors,
    fold,
    checkpoints: () => reached,
    reset: (checkpoints) => {
      for (const projector of projectors) {
        projector.forget();
        reached.set(projector.name, checkpoints.get(projector.name) ?? initialCheckpoint);
      }
    },
  };
};
