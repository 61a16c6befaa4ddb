import * as t from 'io-ts';
import { instantCodec, nullable, saltCodec, spanCodec } from '../../event/codecs.ts';

export const providerCodec = t.keyof({ local: null, caldav: null, google: null });

export const attendeeCodec = t.type({
  name: t.string,
  email: t.string,
  timeZone: t.string,
  language: t.string,
  phoneNumber: nullable(t.string),
});
export type Attendee = t.TypeOf<typeof attendeeCodec>;

/** Who is met, as the host was configured at the request. `id`: the host's number in the API. */
export const organizerCodec = t.type({
  id: t.number,
  username: t.string,
  name: t.string,
  email: t.string,
  timeZone: t.string,
});
export type Organizer = t.TypeOf<typeof organizerCodec>;

/**
 * Somebody asked for a time and the slot is held for it. Nothing is promised yet. Holds all that the saga needs to
 * decide, as it was when asked: a later change of the configuration changes no past decision (I9).
 * `room`: a video room to be made; `google-meet` rooms come with the calendar event. `fingerprint`: digest of the
 * request, to tell a repeat from another request under the same Idempotency-Key. `organizer` null: written before
 * version 3, which did not know it.
 */
export const bookingRequestedCodec = t.type({
  hostId: t.string,
  eventTypeId: t.number,
  eventTypeSlug: t.string,
  title: t.string,
  start: instantCodec,
  end: instantCodec,
  lengthInMinutes: t.number,
  claim: spanCodec,
  icsUid: t.string,
  requiresApproval: t.boolean,
  acceptance: t.keyof({ 'any-of': null, 'all-of': null }),
  calendars: t.readonlyArray(t.type({ calendarId: t.string, provider: providerCodec })),
  room: nullable(t.type({ provider: t.string, requestId: t.string, fallbackLink: nullable(t.string) })),
  location: nullable(t.string),
  settleWindowMs: t.number,
  deadline: instantCodec,
  fingerprint: t.string,
  personal: t.type({
    salt: saltCodec,
    organizer: nullable(organizerCodec),
    attendee: attendeeCodec,
    guests: t.readonlyArray(t.string),
    location: nullable(t.string),
    responses: t.UnknownRecord,
    metadata: t.UnknownRecord,
  }),
});
