import type { BookingEventOf } from '../../domain/booking/events.ts';
import type { JsonObject } from '../../domain/log/envelope.ts';
import type { Reader } from './history-words.ts';

type DetailsEventType = 'GuestsAdded' | 'GuestRemoved' | 'LocationChanged' | 'PersonalDataErased';
export type DetailsEvent = { readonly [T in DetailsEventType]: BookingEventOf<T> }[DetailsEventType];

const personInWords = (person: string): string => (person === 'attendee' ? 'the attendee' : person.replace('-', ' '));

/** Hosts read who comes along; for guests addresses and places of before stay out of the history. */
export const describeDetails = (event: DetailsEvent, { audience }: Reader): string => {
  if (event.type === 'PersonalDataErased')
    return `The personal data of ${event.data.people.map(personInWords).join(', ')} was erased.`;
  const who = `The ${event.data.by}`;
  switch (event.type) {
    case 'GuestsAdded': {
      const { guests } = event.data.personal;
      if (audience === 'guest') return `${who} added ${guests.length === 1 ? 'a guest' : `${guests.length} guests`}.`;
      const named = guests.map(({ number, email }) => `${email} (guest ${number})`).join(', ');
      return `${who} added ${named}.`;
    }
    case 'GuestRemoved':
      return `${who} removed guest ${event.data.number}.`;
    case 'LocationChanged': {
      const { location } = event.data.personal;
      const place = event.data.room !== null ? 'a video room' : (location ?? 'none');
      return audience === 'guest' ? `${who} changed the place.` : `${who} changed the place. It is now: ${place}.`;
    }
  }
};

/** What a guest may see of it; see `guestView`. */
export const guestViewOfDetails = (event: DetailsEvent): JsonObject => {
  switch (event.type) {
    case 'GuestsAdded':
      return { by: event.data.by, numbers: event.data.personal.guests.map(({ number }) => number) };
    case 'GuestRemoved':
      return { by: event.data.by, number: event.data.number };
    case 'LocationChanged':
      return { by: event.data.by };
    case 'PersonalDataErased':
      return { people: event.data.people };
  }
};
