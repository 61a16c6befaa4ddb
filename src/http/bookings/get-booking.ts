import * as E from 'fp-ts/lib/Either.js';
import { guestAccess } from '../access/guest-access.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Handler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';
import type { Catalog } from './catalog.ts';
import { presentTo } from './present-to.ts';
import { readOne } from './read-one.ts';

/** `GET /v2/bookings/{uid}`: from the booking's own stream, so always the truth of the moment. */
export const getBooking =
  (deps: HttpDeps, catalog: Catalog): Handler =>
  async (request) => {
    const allowed = guestAccess(deps)(request, request.params.uid ?? '', ['read', 'book', 'host']);
    if (E.isLeft(allowed)) return allowed;
    const found = await readOne(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking, position } = found.right;
    return E.right(
      success(presentTo(request.caller, catalog)(uid, booking), { 'Holdfast-Position': String(position) }),
    );
  };
