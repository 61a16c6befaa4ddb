import * as E from 'fp-ts/lib/Either.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { ApiError } from '../errors/api-error.ts';
import { bookingNotFound, fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { ApiRequest } from '../transport/endpoint.ts';

export type Found = { readonly uid: string; readonly booking: KnownBooking; readonly position: number };

/** Uids are letters, digits, dashes and underscores; anything else is nobody's, and no question to the store. */
const uidForm = /^[\w-]{1,64}$/;

/** The booking that the path names, from its own stream: never behind. */
export const readOne =
  (deps: Pick<HttpDeps, 'readBooking'>) =>
  async (request: ApiRequest): Promise<E.Either<ApiError, Found>> => {
    const uid = request.params.uid ?? '';
    if (!uidForm.test(uid)) return E.left(bookingNotFound);
    const read = await deps.readBooking(uid)();
    return E.isLeft(read) ? E.left(fromApplication(read.left)) : E.right({ uid, ...read.right });
  };
