import * as E from 'fp-ts/lib/Either.js';
import type { CommandContext } from '../../application/commands/record.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Actor } from '../../domain/log/envelope.ts';
import type { Caller } from '../access/caller.ts';
import { covers, hasRole } from '../access/caller.ts';
import type { ApiError } from '../errors/api-error.ts';
import { bookingNotFound, fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { presentBooking } from '../presenters/booking.ts';
import type { HttpRequest } from '../transport/endpoint.ts';
import type { Catalog } from './catalog.ts';

/** Whether the caller may see what only the host's side sees of a booking: its calendars, what they answered. */
const seesInside = (caller: Caller, booking: KnownBooking): boolean =>
  covers(caller, booking.request.hostId) && hasRole(caller, 'read', 'host', 'audit', 'operate');

/** A booking as this caller may see it. */
export const presentForCaller = (caller: Caller, catalog: Catalog) => (uid: string, booking: KnownBooking) =>
  presentBooking(uid, booking, catalog.hostById(booking.request.hostId), { calendars: seesInside(caller, booking) });

export type FoundBooking = { readonly uid: string; readonly booking: KnownBooking; readonly position: number };

/** Uids are letters, digits, dashes and underscores; anything else is nobody's, and no question to the store. */
const uidForm = /^[\w-]{1,64}$/;

/** The booking that the path names, from its own stream: never behind. */
export const readOne =
  (deps: Pick<HttpDeps, 'readBooking'>) =>
  async (request: HttpRequest): Promise<E.Either<ApiError, FoundBooking>> => {
    const uid = request.params.uid ?? '';
    if (!uidForm.test(uid)) return E.left(bookingNotFound);
    const read = await deps.readBooking(uid)();
    return E.isLeft(read) ? E.left(fromApplication(read.left)) : E.right({ uid, ...read.right });
  };

/** Under whose name a change of a booking goes into the log. */
export const changeContext = (
  deps: Pick<HttpDeps, 'identity'>,
  caller: Caller,
  uid: string,
  kind: Actor['kind'],
): CommandContext => ({
  commandId: deps.identity.newCommandId(),
  actor: caller === null ? { kind } : { kind, id: caller.id },
  correlationId: uid,
  causationId: null,
});
