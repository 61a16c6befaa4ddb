import type { SubjectKeyReader } from '../../../application/ports/subject-keys.ts';
import { ERASED } from '../../../domain/log/sealed-data.ts';
import type { Json, JsonObject } from '../../../domain/log/envelope.ts';
import { mailboxKey } from '../../../domain/mail/mail-address.ts';
import { isObject } from '../../../domain/unknown.ts';

/**
 * Seals what is about a mailbox with its key. Null: it has none, as in a log from before there were keys; `forgotten`: it was
 * destroyed.
 */
export type SealFor = (
  mailbox: string,
  context: string,
  text: string,
) => { readonly key: string; readonly text: string } | 'forgotten' | null;

/** What is left of an event without its people: when it is, and whose calendar it is in. */
export const bareEvent = (kept: JsonObject): JsonObject => {
  const { sealed: _, ...rest } = kept;
  return { ...rest, summary: ERASED, description: '', location: '', attendees: [] };
};

/** A part is bound to its event and its place there, so that no other one can be given it. */
const contextOf = (icsUid: string, at: string): string => `calendar ${icsUid} ${at}`;

const WHOLE = '';

const listOf = (value: Json | undefined): ReadonlyArray<Json> =>
  Array.isArray(value) ? value.map((one: Json) => one) : [];

const mailboxOf = (person: Json): string | null =>
  isObject(person) && typeof person.email === 'string' ? mailboxKey(person.email) : null;

/**
 * An event for a copy of the calendar: each person in it sealed with their own key, what was said with that of whoever booked,
 * who comes first. Null where there is nothing to seal.
 */
export const sealedEvent = (icsUid: string, kept: JsonObject, sealFor: SealFor): JsonObject | null => {
  const { summary = ERASED, description = '', location = '' } = kept;
  if (Array.isArray(kept.sealed)) return null;
  const [attendee = null, ...guests] = listOf(kept.attendees);
  const mailbox = mailboxOf(attendee);
  if (mailbox === null) return null;
  const said = JSON.stringify({ summary, description, location, attendee });
  const whole = sealFor(mailbox, contextOf(icsUid, WHOLE), said);
  if (whole === null) return null;
  if (whole === 'forgotten') return bareEvent(kept);
  const parts = guests.map((guest, index) => {
    const at = `attendees.${index + 1}`;
    const sealed = sealFor(mailboxOf(guest) ?? '', contextOf(icsUid, at), JSON.stringify(guest));
    return { at, guest, sealed };
  });
  return {
    ...bareEvent(kept),
    attendees: parts.flatMap(({ guest, sealed }) => (sealed === null ? [guest] : [])),
    sealed: [
      { at: WHOLE, ...whole },
      ...parts.flatMap(({ at, sealed }) => (sealed === null || sealed === 'forgotten' ? [] : [{ at, ...sealed }])),
    ],
  };
};

const openedPart = (icsUid: string, part: Json, open: SubjectKeyReader['open']): Json => {
  if (!isObject(part)) return null;
  const { key, at, text } = part;
  if (typeof key !== 'string' || typeof at !== 'string' || typeof text !== 'string') return null;
  const opened = open(key, contextOf(icsUid, at), text);
  // What was changed is shown as erased: a calendar is no evidence.
  return typeof opened === 'string' ? (JSON.parse(opened) as Json) : null;
};

/** An event as it was, as far as its people are not forgotten and their keys are here. */
export const openedEvent = (icsUid: string, kept: JsonObject, open: SubjectKeyReader['open']): JsonObject => {
  if (!Array.isArray(kept.sealed)) return kept;
  const [first = null, ...others] = listOf(kept.sealed);
  const whole = openedPart(icsUid, first, open);
  const guests = others.map((part) => openedPart(icsUid, part, open)).filter((guest) => guest !== null);
  const known = [...guests, ...listOf(kept.attendees)];
  if (!isObject(whole)) return { ...bareEvent(kept), attendees: known };
  const { attendee = null, ...said } = whole;
  return { ...bareEvent(kept), ...said, attendees: [attendee, ...known] };
};
