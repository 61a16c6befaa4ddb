import * as E from 'fp-ts/lib/Either.js';
import type { CommandContext } from '../../application/commands/record.ts';
import type { ApiKeyRole, TokenPurpose } from '../../application/ports/keys-and-tokens.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Actor } from '../../domain/log/envelope.ts';
import { bookingEntry, byHostsLink, byKeyOf, byMailedLink } from '../access/caller.ts';
import type { ApiError } from '../errors/api-error.ts';
import { bookingNotFound, fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Caller, HttpRequest } from '../transport/endpoint.ts';

export type FoundBooking = { readonly uid: string; readonly booking: KnownBooking; readonly position: number };

/** Uids are letters, digits, dashes and underscores; anything else is nobody's, and no question to the store. */
const uidForm = /^[\w-]{1,64}$/;

/** The booking that the path names, from its own stream: never behind. */
const readOne =
  (deps: Pick<HttpDeps, 'readBooking'>) =>
  async (request: HttpRequest): Promise<E.Either<ApiError, FoundBooking>> => {
    const uid = request.params.uid ?? '';
    if (!uidForm.test(uid)) return E.left(bookingNotFound);
    const read = await deps.readBooking(uid)();
    return E.isLeft(read) ? E.left(fromApplication(read.left)) : E.right({ uid, ...read.right });
  };

/** The booking that the path names, for a key of its host with one of `roles`. */
export const findForHost =
  (deps: Pick<HttpDeps, 'readBooking'>, ...roles: ReadonlyArray<ApiKeyRole>) =>
  async (request: HttpRequest): Promise<E.Either<ApiError, FoundBooking>> => {
    const found = await readOne(deps)(request);
    if (E.isLeft(found)) return found;
    const allowed = byKeyOf(request.caller, found.right.booking.request.hostId, roles);
    return E.isLeft(allowed) ? allowed : found;
  };

/**
 * The booking that the path names, for its guest by a token of this purpose, or a key of its host with one of `roles`. Strangers are turned away before
 * it is read, so that nobody can try out uids.
 */
export const findForCaller = (
  deps: Pick<HttpDeps, 'readBooking' | 'guestActions' | 'bookingTokens' | 'clock'>,
  purpose: TokenPurpose,
  ...roles: ReadonlyArray<ApiKeyRole>
) => {
  const forHost = findForHost(deps, ...roles);
  return async (request: HttpRequest): Promise<E.Either<ApiError, FoundBooking>> => {
    const entry = bookingEntry(deps, request, request.params.uid ?? '', purpose);
    if (E.isLeft(entry)) return entry;
    return entry.right === 'guest' ? readOne(deps)(request) : forHost(request);
  };
};

/** The booking that the path names, for its host by the link of a mail. */
export const findByHostsLink =
  (deps: Pick<HttpDeps, 'readBooking' | 'bookingTokens' | 'clock'>) =>
  async (request: HttpRequest): Promise<E.Either<ApiError, FoundBooking>> => {
    const entry = byHostsLink(deps, request, request.params.uid ?? '');
    return E.isLeft(entry) ? entry : readOne(deps)(request);
  };

/** The booking that the path names, for whoever reads the attendee's mail. */
export const findByMailedLink =
  (deps: Pick<HttpDeps, 'readBooking' | 'bookingTokens' | 'clock'>) =>
  async (request: HttpRequest): Promise<E.Either<ApiError, FoundBooking>> => {
    const entry = byMailedLink(deps, request, request.params.uid ?? '');
    return E.isLeft(entry) ? entry : readOne(deps)(request);
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
