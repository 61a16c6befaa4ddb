import * as E from 'fp-ts/lib/Either.js';
import { isLive } from '../../domain/booking/booking-state.ts';
import { lookBasisOf } from '../../domain/booking/decide-watch.ts';
import { intervalOf } from '../../domain/time/time.ts';
import type { CommandContext } from '../commands/record.ts';
import type { Identity } from '../ports/clock-and-ids.ts';
import { ownEventOf } from '../saga/calendar-event.ts';
import { isAsBooked } from '../../domain/booking/difference.ts';
import type { DoctorDifference } from './difference.ts';
import { type DoctorDeps, lookAt } from './compare-calendars.ts';

/** `settled`: the command is in the log; what it leads to comes after. `not-there`: there is no such difference any more. */
export type Settled =
  | { readonly outcome: 'settled' | 'not-there'; readonly detail: string }
  | { readonly outcome: 'failed'; readonly detail: string };

type Deps = DoctorDeps & {
  readonly identity: Pick<Identity, 'newCommandId'>;
  /** Waits for as long as two answers have to lie apart before they are a fact. */
  readonly betweenLooks: () => Promise<void>;
};
type Meant = Pick<DoctorDifference, 'kind' | 'bookingUid' | 'calendarId' | 'hostId' | 'group' | 'position'>;

/** A look of an operator asks nobody: what is to become of the event is said by the next command. */
const ASK = { deleted: 'pending', moved: 'ask', graceMs: 0 } as const;

/** Looks again, twice, some time apart (I10); only then the fact and the wish to have it back go into the booking's stream. */
const restore = async (
  deps: Deps,
  uid: string,
  calendarId: string,
  context: () => CommandContext,
): Promise<Settled> => {
  const { buses, clock } = deps;
  const loaded = await buses.bookings.load(uid)();
  if (E.isLeft(loaded) || loaded.right.state.phase === 'none')
    return { outcome: 'not-there', detail: 'no such booking' };
  const booking = loaded.right.state;
  const calendar = deps.calendars.get(calendarId);
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  if (calendar === undefined || sync === undefined)
    return { outcome: 'failed', detail: 'the calendar is not configured' };
  const basis = lookBasisOf(booking, calendarId, clock.now());
  if (basis === null)
    return { outcome: 'failed', detail: 'it is being written there now, or is over: look again later' };
  const own = ownEventOf(uid, booking, sync);
  const look = () => lookAt(calendar, own, booking, AbortSignal.timeout(deps.timeLimitMs));
  const asBooked: Settled = {
    outcome: 'not-there',
    detail: 'the calendar holds it at its time, or says now this and now that',
  };
  const was = await look();
  if (E.isLeft(was)) return { outcome: 'failed', detail: was.left.message };
  if (isAsBooked(booking, was.right)) return asBooked;
  await deps.betweenLooks();
  const is = await look();
  if (E.isLeft(is)) return { outcome: 'failed', detail: is.left.message };
  if (isAsBooked(booking, is.right) || JSON.stringify(was.right) !== JSON.stringify(is.right)) return asBooked;
  const fact = {
    type: 'RecordLook',
    calendarId,
    seen: is.right,
    basis,
    policy: ASK,
    isAsked: true,
    now: clock.now(),
  } as const;
  const noted = await buses.bookings.execute(uid, fact, context())();
  if (E.isLeft(noted)) return { outcome: 'failed', detail: noted.left.type };
  const wish = { type: 'RequestRestore', calendarId, by: 'operator', now: clock.now() } as const;
  const wished = await buses.bookings.execute(uid, wish, context())();
  if (E.isLeft(wished)) return { outcome: 'failed', detail: wished.left.type };
  return { outcome: 'settled', detail: 'it is written again' };
};

const retry = async (deps: Deps, uid: string, context: () => CommandContext): Promise<Settled> => {
  const command = { type: 'RetryCalendars', now: deps.clock.now() } as const;
  const asked = await deps.buses.bookings.execute(uid, command, context())();
  if (E.isLeft(asked)) return { outcome: 'failed', detail: asked.left.type };
  return asked.right.events.length === 0
    ? { outcome: 'not-there', detail: 'there is nothing to try again, or it is being tried' }
    : { outcome: 'settled', detail: 'it is tried again' };
};

const release = async (deps: Deps, hostId: string, uid: string, context: () => CommandContext): Promise<Settled> => {
  const { buses, clock } = deps;
  const loaded = await buses.bookings.load(uid)();
  if (E.isLeft(loaded)) return { outcome: 'failed', detail: loaded.left.type };
  if (loaded.right.state.phase !== 'none' && isLive(loaded.right.state))
    return { outcome: 'not-there', detail: 'the booking is live' };
  // A request that is still on its way is refused from here on.
  if (loaded.right.state.phase === 'none') {
    const abandoned = await buses.bookings.execute(uid, { type: 'AbandonRequest', now: clock.now() }, context())();
    if (E.isLeft(abandoned)) return { outcome: 'failed', detail: abandoned.left.type };
  }
  const reason = loaded.right.state.phase === 'none' ? 'never_requested' : 'cancelled';
  const command = { type: 'ReleaseSlot', now: clock.now(), bookingUid: uid, reason } as const;
  const released = await buses.schedules.execute(hostId, command, context())();
  if (E.isLeft(released)) return { outcome: 'failed', detail: released.left.type };
  return released.right.events.length === 0
    ? { outcome: 'not-there', detail: 'nothing is held' }
    : { outcome: 'settled', detail: 'the time is free' };
};

/** Takes the time of a live booking again, where nobody else has it by now. */
const claimAgain = async (deps: Deps, uid: string, context: () => CommandContext): Promise<Settled> => {
  const { buses, clock } = deps;
  const loaded = await buses.bookings.load(uid)();
  if (E.isLeft(loaded)) return { outcome: 'failed', detail: loaded.left.type };
  const booking = loaded.right.state;
  if (booking.phase === 'none' || !isLive(booking)) return { outcome: 'not-there', detail: 'the booking is not live' };
  const { hostId, icsUid, eventTypeId, claim } = booking.request;
  const slot = { ...intervalOf(booking.request), claim: intervalOf(claim) };
  const wanted = { type: 'ClaimSlot', now: clock.now(), bookingUid: uid, icsUid, eventTypeId, slot } as const;
  const claimed = await buses.schedules.execute(hostId, wanted, context())();
  if (E.isLeft(claimed))
    return claimed.left.type === 'Refused'
      ? {
          outcome: 'failed',
          detail: `others hold that time: move or cancel one of them (holdfast booking cancel ${uid})`,
        }
      : { outcome: 'failed', detail: claimed.left.type };
  if (claimed.right.events.length === 0) return { outcome: 'not-there', detail: 'its time is held' };
  // It may have ended, or moved, since it was looked at: then it keeps nothing.
  const again = await buses.bookings.load(uid)();
  const present = E.isRight(again) ? again.right.state : booking;
  if (present.phase === 'none' || !isLive(present) || present.request.start !== booking.request.start) {
    const release = { type: 'ReleaseSlot', now: clock.now(), bookingUid: uid, reason: 'cancelled' } as const;
    const released = await buses.schedules.execute(hostId, release, context())();
    return E.isLeft(released)
      ? { outcome: 'failed', detail: released.left.type }
      : { outcome: 'not-there', detail: 'the booking has ended or was moved meanwhile' };
  }
  if (present.phase === 'accepted') {
    const confirm = { type: 'ConfirmSlot', now: clock.now(), bookingUid: uid } as const;
    const confirmed = await buses.schedules.execute(hostId, confirm, context())();
    if (E.isLeft(confirmed)) return { outcome: 'failed', detail: confirmed.left.type };
  }
  return { outcome: 'settled', detail: 'its time is held again' };
};

/** Settles one difference, after looking again whether it is there, by commands that the log keeps with who gave them. */
export const settle =
  (deps: Deps) =>
  async (meant: Meant, keyId: string): Promise<Settled> => {
    const { kind, bookingUid, calendarId, hostId, group, position } = meant;
    const context = (): CommandContext => ({
      commandId: deps.identity.newCommandId(),
      actor: { kind: 'operator', id: keyId },
      correlationId: bookingUid ?? 'doctor',
      causationId: null,
    });
    const lacking: Settled = { outcome: 'failed', detail: 'a person has to settle this' };
    switch (kind) {
      case 'missing':
      case 'wrong-time':
      case 'shown-as-cancelled':
        return bookingUid === null || calendarId === null ? lacking : restore(deps, bookingUid, calendarId, context);
      case 'orphan':
      case 'unknown-outcome':
        return bookingUid === null ? lacking : retry(deps, bookingUid, context);
      case 'slot-without-booking':
        return bookingUid === null || hostId === null ? lacking : release(deps, hostId, bookingUid, context);
      case 'booking-without-slot':
        return bookingUid === null ? lacking : claimAgain(deps, bookingUid, context);
      case 'parked': {
        if (group === null || position === null) return lacking;
        const replayed = await deps.consumers.replayParked(group, position)();
        if (E.isLeft(replayed)) return { outcome: 'failed', detail: replayed.left.type };
        return { outcome: replayed.right === 0 ? 'not-there' : 'settled', detail: `${replayed.right} delivered again` };
      }
      case 'overlap':
      case 'other-configuration':
      case 'two-events':
        return lacking;
    }
  };
