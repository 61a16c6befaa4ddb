import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import type { WantedDetails } from '../../application/commands/change-booking.ts';
import { object, variants } from '../../domain/decoding/codec.ts';
import { literal, phone, webLink } from '../../domain/decoding/values.ts';
import { strangersLine } from '../../domain/visible-text.ts';
import { decodeBody } from '../decoding/decode.ts';
import { type ApiError, fieldError, fieldErrors } from '../errors/api-error.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, success } from '../transport/endpoint.ts';
import { changedHeaders } from './change-guests.ts';
import { MAX_PLACE } from './create-body.ts';
import { findForHost, type FoundBooking } from './find-booking.ts';
import { presentForCaller } from './present-booking.ts';
import { changeOnce } from './repeatable-change.ts';

const place = strangersLine(MAX_PLACE);
const locationBody = object(
  {
    location: variants({
      address: object({ type: literal('address'), address: place }),
      link: object({ type: literal('link'), link: webLink }),
      phone: object({ type: literal('phone'), phone }),
      attendeeAddress: object({ type: literal('attendeeAddress'), address: place }),
      attendeePhone: object({ type: literal('attendeePhone'), phone }),
      attendeeDefined: object({ type: literal('attendeeDefined'), location: place }),
      integration: object({ type: literal('integration'), integration: place }),
    }),
  },
  { ignored: 'any-other' },
);
type WantedLocation = t.TypeOf<typeof locationBody>['location'];
const decodeLocation = decodeBody(locationBody);

const textOf = (location: Exclude<WantedLocation, { readonly type: 'integration' }>): string => {
  switch (location.type) {
    case 'address':
    case 'attendeeAddress':
      return location.address;
    case 'link':
      return location.link;
    case 'phone':
    case 'attendeePhone':
      return location.phone;
    case 'attendeeDefined':
      return location.location;
  }
};

type Place = Pick<Extract<WantedDetails, { readonly type: 'ChangeLocation' }>, 'location' | 'room'>;

/** A room has to be there before it is said, so only those that are made without a calendar can be chosen afterwards. */
const roomOf = async (
  deps: HttpDeps,
  provider: string,
  { uid, booking }: FoundBooking,
): Promise<E.Either<ApiError, Place>> => {
  const room = await deps.makeRoom(provider, { requestId: uid, title: booking.request.title })();
  if (E.isRight(room)) return E.right({ location: null, room: { provider, ...room.right } });
  const { message } = room.left;
  return E.left(fieldErrors([fieldError('location.integration', 'not_offered', `location.integration: ${message}`)]));
};

/** `PATCH /v2/bookings/{uid}/location`: by a key of the host, to any place, whatever the event type offers. */
export const patchLocation = (deps: HttpDeps, catalog: Catalog): EndpointHandler => {
  const find = findForHost(deps, 'host');
  return async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const body = decodeLocation(request.body);
    if (E.isLeft(body)) return body;
    const wanted = body.right.location;
    const there =
      wanted.type === 'integration'
        ? await roomOf(deps, wanted.integration, found.right)
        : E.right({ location: textOf(wanted), room: null });
    if (E.isLeft(there)) return there;
    const { location, room } = there.right;
    const changed = await changeOnce(deps, request, found.right, {
      action: 'location',
      kind: 'host',
      change: deps.changeDetails({ type: 'ChangeLocation', by: 'host', location, room }),
      isSame: (event) =>
        event.type === 'LocationChanged' &&
        event.data.personal.location === location &&
        event.data.room?.url === room?.url,
    });
    if (E.isLeft(changed)) return changed;
    const booking = presentForCaller(request.caller, catalog, deps)(found.right.uid, changed.right.booking);
    return E.right(success(booking, changedHeaders(changed.right)));
  };
};
