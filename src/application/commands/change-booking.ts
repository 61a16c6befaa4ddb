import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { decideApproval, holdsSlotUndecided } from '../../domain/booking/approval.ts';
import { type KnownBooking, isAwaitingApproval, isLive } from '../../domain/booking/booking-state.ts';
import type { DetailsCommand } from '../../domain/booking/details.ts';
import type { BookingCommand, BookingRejection } from '../../domain/booking/commands.ts';
import type { ReleaseReason } from '../../domain/schedule/schedule-state.ts';
import { intervalOf } from '../../domain/time/time.ts';
import type { CommandContext } from './record.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { BookingBuses } from './booking-buses.ts';

export type ChangeBookingError = StoreError | { readonly type: 'Refused'; readonly rejection: BookingRejection };

/** `changed`: false where the booking was in this state already. `position`: of the booking's last event in the log. */
export type ChangedBooking = { readonly booking: KnownBooking; readonly position: number; readonly changed: boolean };

export type ChangeBookingDeps = {
  readonly buses: BookingBuses;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newSalt' | 'newCommandId'>;
};

type Change = (uid: string, context: CommandContext) => TaskEither<ChangeBookingError, ChangedBooking>;

const execute =
  (deps: ChangeBookingDeps, command: () => BookingCommand, releasedAs: ReleaseReason | null): Change =>
  (uid, context) =>
  async () => {
    const changed = await deps.buses.bookings.execute(uid, command(), context)();
    if (E.isLeft(changed)) return changed;
    const { state: booking, position, events } = changed.right;
    if (booking.phase === 'none') return E.left({ type: 'Refused', rejection: { type: 'UnknownBooking' } });
    if (releasedAs !== null && !isLive(booking) && events.length > 0) {
      const release = { type: 'ReleaseSlot', now: deps.clock.now(), bookingUid: uid, reason: releasedAs } as const;
      const own = { ...context, commandId: deps.identity.newCommandId() };
      const released = await deps.buses.schedules.execute(booking.request.hostId, release, own)();
      // The change itself is durable; the saga releases the slot where this could not.
      if (E.isLeft(released) && released.left.type !== 'Refused') return E.right({ booking, position, changed: true });
    }
    return E.right({ booking, position, changed: events.length > 0 });
  };

/** Who cancels, why, and what the event type allows. */
export type Cancellation = {
  readonly by: 'guest' | 'host';
  readonly reason: string | null;
  readonly cancellable: boolean;
  readonly hostMustGiveReason: boolean;
};

/** Cancels a booking; its slot is free when the answer is given. Cancelling twice changes nothing. */
export const cancelBooking =
  (deps: ChangeBookingDeps) =>
  (cancellation: Cancellation): Change =>
    execute(
      deps,
      () => ({ type: 'CancelBooking', ...cancellation, salt: deps.identity.newSalt(), now: deps.clock.now() }),
      'cancelled',
    );

/** Takes the slot of a request that competes with others; null: there is nothing to take, or it cannot be approved anyway. */
const claimSlot = async (
  deps: ChangeBookingDeps,
  uid: string,
  context: CommandContext,
): Promise<E.Either<ChangeBookingError, { readonly hostId: string; readonly start: string } | null>> => {
  const loaded = await deps.buses.bookings.load(uid)();
  if (E.isLeft(loaded)) return loaded;
  const { state: booking } = loaded.right;
  const now = deps.clock.now();
  if (booking.phase === 'none' || !isAwaitingApproval(booking) || holdsSlotUndecided(booking)) return E.right(null);
  if (E.isLeft(decideApproval(booking, { type: 'ApproveBooking', now }))) return E.right(null);
  const { hostId, icsUid, eventTypeId, claim } = booking.request;
  const slot = { ...intervalOf(booking.request), claim: intervalOf(claim) };
  const wanted = { type: 'ClaimSlot', now, bookingUid: uid, icsUid, eventTypeId, slot } as const;
  const own = { ...context, commandId: deps.identity.newCommandId() };
  const claimed = await deps.buses.schedules.execute(hostId, wanted, own)();
  if (E.isRight(claimed)) return E.right({ hostId, start: booking.request.start });
  return claimed.left.type === 'Refused'
    ? E.left({ type: 'Refused', rejection: { type: 'SlotTaken' } })
    : E.left(claimed.left);
};

/**
 * The host says yes; the calendars are written next. A request that held no slot takes it first: of several that compete one
 * gets it, and the others stay as they are. What was taken is given back where the booking ended, or was moved, in the
 * same moment.
 */
export const approveBooking =
  (deps: ChangeBookingDeps): Change =>
  (uid, context) =>
  async () => {
    const claimed = await claimSlot(deps, uid, context);
    if (E.isLeft(claimed)) return claimed;
    const taken = claimed.right === null ? {} : { start: claimed.right.start };
    const approve = execute(deps, () => ({ type: 'ApproveBooking', ...taken, now: deps.clock.now() }), null);
    const approved = await approve(uid, context)();
    if (claimed.right !== null && E.isLeft(approved) && approved.left.type === 'Refused') {
      const release = { type: 'ReleaseSlot', now: deps.clock.now(), bookingUid: uid, reason: 'rejected' } as const;
      const own = { ...context, commandId: deps.identity.newCommandId() };
      const released = await deps.buses.schedules.execute(claimed.right.hostId, release, own)();
      if (E.isLeft(released) && released.left.type !== 'Refused') return E.left(released.left);
    }
    return approved;
  };

/** Whoever reads the attendee's mail says so; other guests are told from now on. */
export const verifyMailbox = (deps: ChangeBookingDeps): Change =>
  execute(deps, () => ({ type: 'VerifyMailbox', now: deps.clock.now() }), null);

/** The host says no; the slot is free again. */
export const rejectBooking =
  (deps: ChangeBookingDeps) =>
  (reason: string | null): Change =>
    execute(
      deps,
      () => ({ type: 'RejectBooking', reason, salt: deps.identity.newSalt(), now: deps.clock.now() }),
      'rejected',
    );

/** A person removed by hand what a calendar would not remove, or leaves it there; it is not tried again. */
export const acknowledgeRemoval =
  (deps: ChangeBookingDeps) =>
  (calendarId: string): Change =>
    execute(deps, () => ({ type: 'AcknowledgeRemoval', calendarId, now: deps.clock.now() }), null);

/** Who did not come, or did after all. `host` null: nothing is said of the host. */
export type Absences = {
  readonly host: boolean | null;
  readonly attendees: ReadonlyArray<{ readonly email: string; readonly absent: boolean }>;
};

/** Somebody says who was absent. What was said before is no news. */
export const markAbsent =
  (deps: ChangeBookingDeps) =>
  (absences: Absences): Change =>
    execute(
      deps,
      () => ({ type: 'MarkAbsence', ...absences, salt: deps.identity.newSalt(), now: deps.clock.now() }),
      null,
    );

/** What a person did to the booking's event in a calendar is undone: it is written there again. */
export const restoreBooking =
  (deps: ChangeBookingDeps) =>
  (by: 'host' | 'operator'): Change =>
    execute(deps, () => ({ type: 'RequestRestore', calendarId: null, by, now: deps.clock.now() }), null);

type WithoutTime<C> = C extends unknown ? Omit<C, 'now' | 'salt'> : never;
/** Who comes along, or where the meeting takes place, as somebody wants it. */
export type WantedDetails = WithoutTime<DetailsCommand>;

/** Guests are added or removed, or the place changes. What is so already is no news. */
export const changeDetails =
  (deps: ChangeBookingDeps) =>
  (wanted: WantedDetails): Change =>
    execute(
      deps,
      () => {
        const now = deps.clock.now();
        return wanted.type === 'RemoveGuest' ? { ...wanted, now } : { ...wanted, salt: deps.identity.newSalt(), now };
      },
      null,
    );

/** Tries a booking's calendars again now, after a person has repaired one. */
export const retryBooking = (deps: ChangeBookingDeps): Change =>
  execute(deps, () => ({ type: 'RetryCalendars', now: deps.clock.now() }), null);
