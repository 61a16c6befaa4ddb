import type { JsonObject } from './envelope.ts';
import { isObject } from '../unknown.ts';

/** Turns one version of an event's data into the next. Steps are written once and kept for ever, as old events are. */
export type Upcaster = (data: JsonObject) => JsonObject;

/** By event type: step n turns version n + 1 into version n + 2, so its length + 1 is the newest version. */
export type UpcastingTable = { readonly [type: string]: ReadonlyArray<Upcaster> };

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * Version 1 of BookingRequested knew one policy and calendar ids alone, and counted its length in `duration`. It was
 * written before the first release; it stays readable.
 */
const requestedFrom1To2: Upcaster = ({ calendarIds, duration, ...rest }) => ({
  ...rest,
  lengthInMinutes: duration ?? null,
  acceptance: 'any-of',
  calendars: Array.isArray(calendarIds)
    ? calendarIds.filter(isText).map((calendarId) => ({ calendarId, provider: 'local' }))
    : [],
});

/** Version 2 knew the host by id alone. What was erased stays erased. */
const requestedFrom2To3: Upcaster = ({ personal, ...rest }) => ({
  ...rest,
  personal: isObject(personal) && personal.erased === undefined ? { ...personal, organizer: null } : (personal ?? null),
});

/** Version 1 was written by releases that wrote every event as confirmed at once: it needs no second write. */
const succeededFrom1To2: Upcaster = (data) => ({ ...data, status: 'confirmed' });

/** Version 1 was written by releases that gave every booking this UID. */
const heldFrom1To2: Upcaster = ({ bookingUid, ...rest }) => ({
  ...rest,
  bookingUid: bookingUid ?? null,
  icsUid: isText(bookingUid) ? `${bookingUid}@holdfast` : null,
});

export const upcasting: UpcastingTable = {
  BookingRequested: [requestedFrom1To2, requestedFrom2To3],
  CalendarSyncSucceeded: [succeededFrom1To2],
  SlotHeld: [heldFrom1To2],
};

/** The version that is written today. */
export const newestVersion = (type: string): number => (upcasting[type]?.length ?? 0) + 1;

/** Data of any stored version, as the newest version has it. A version from the future is handed back as it is. */
export const upcast = (type: string, version: number, data: JsonObject): JsonObject =>
  (upcasting[type] ?? []).slice(version - 1).reduce((older, step) => step(older), data);
