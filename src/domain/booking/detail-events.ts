import * as t from 'io-ts';
import { orNull, saltCodec } from '../log/envelope.ts';

/** Whose change it is, by what they came with and not by what they say. */
const byCodec = t.keyof({ guest: null, host: null });

/** `timeZone`, `language` null: not known, so the attendee's are taken. `name`: empty where nobody said one. */
const addedGuestCodec = t.type({
  number: t.number,
  name: t.string,
  email: t.string,
  timeZone: orNull(t.string),
  language: orNull(t.string),
  phoneNumber: orNull(t.string),
});

/**
 * More people come along. `number`: counts on from the guests of the request, and is nobody else's in this booking ever:
 * mails and calendars name a guest by it, and never by an address (I12).
 */
const guestsAddedCodec = t.type({
  by: byCodec,
  personal: t.type({ salt: saltCodec, guests: t.readonlyArray(addedGuestCodec) }),
});

/** A guest does not come along any more. */
const guestRemovedCodec = t.type({ by: byCodec, number: t.number });

/**
 * The meeting takes place elsewhere, and not in the video room that there may have been. `room`: the new one, if that is
 * what was chosen. The place in words counts as personal: it may be somebody's home.
 */
const locationChangedCodec = t.type({
  by: byCodec,
  room: orNull(t.type({ provider: t.string, roomId: t.string, url: t.string })),
  personal: t.type({ salt: saltCodec, location: orNull(t.string) }),
});

/**
 * Somebody of this booking is forgotten: the key of what the log has of them is destroyed. `people`: `attendee`, `guest-1`..;
 * `subject`: a keyed hash of the mailbox, which tells nobody whose it was.
 */
const personalDataErasedCodec = t.type({ subject: t.string, people: t.readonlyArray(t.string) });

/** What changes about a booking's people and place, by event type. A storage format: never renamed. */
export const detailEventCodecs = {
  GuestsAdded: guestsAddedCodec,
  GuestRemoved: guestRemovedCodec,
  LocationChanged: locationChangedCodec,
  PersonalDataErased: personalDataErasedCodec,
} as const;
