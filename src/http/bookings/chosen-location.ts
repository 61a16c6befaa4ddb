import * as E from 'fp-ts/lib/Either.js';
import type { ChosenLocation } from '../../application/commands/booking-request.ts';
import type { EventLocation } from '../../domain/bookable/host.ts';
import { type FieldError, fieldError } from '../errors/api-error.ts';
import type { LocationBody } from './create-body.ts';

type Chosen = E.Either<FieldError, ChosenLocation>;

const personal = (said: string | undefined, field: string): Chosen =>
  said === undefined
    ? E.left(fieldError(field, 'required', `${field} is required: the guest says where it takes place`))
    : E.right({ type: 'personal', text: said });

const at = (offered: EventLocation, said: LocationBody | null, phoneNumber: string | undefined): Chosen => {
  switch (offered.type) {
    case 'address':
      return E.right({ type: 'stated', text: offered.address });
    case 'link':
      return E.right({ type: 'stated', text: offered.link });
    case 'phone':
      return E.right({ type: 'stated', text: offered.phone });
    case 'attendeeAddress':
      return personal(said?.address, 'location.address');
    case 'attendeePhone':
      return personal(said?.phone ?? phoneNumber, 'location.phone');
    case 'attendeeDefined':
      return personal(said?.location, 'location.location');
    case 'integration':
      return E.right({ type: 'room', provider: offered.integration, fallbackLink: offered.fallbackLink ?? null });
  }
};

const statedText = (offered: EventLocation): string | null => {
  switch (offered.type) {
    case 'address':
      return offered.address;
    case 'link':
      return offered.link;
    case 'phone':
      return offered.phone;
    case 'integration':
      return offered.integration;
    case 'attendeeAddress':
    case 'attendeePhone':
    case 'attendeeDefined':
      return null;
  }
};

const matches = (offered: EventLocation, said: LocationBody | string): boolean => {
  if (typeof said === 'string') return said === offered.type || said === statedText(offered);
  if (said.type !== offered.type) return false;
  return offered.type !== 'integration' || said.integration === undefined || said.integration === offered.integration;
};

/** Where the meeting takes place: one of the event type's locations, the first one where the guest names none. */
export const chosenLocation = (
  offered: ReadonlyArray<EventLocation>,
  said: LocationBody | string | undefined,
  phoneNumber: string | undefined,
): Chosen => {
  const found = said === undefined ? offered[0] : offered.find((location) => matches(location, said));
  if (found !== undefined) return at(found, typeof said === 'object' ? said : null, phoneNumber);
  if (said === undefined) return E.right({ type: 'none' });
  const types = offered.map(({ type }) => type).join(', ');
  return E.left(
    fieldError('location', 'not_offered', `location must be one that the event type offers: ${types || 'none'}`),
  );
};
