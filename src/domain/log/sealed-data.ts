import { mailboxKey } from '../mail/mail-address.ts';
import { isObject } from '../unknown.ts';
import type { Json, JsonObject } from './envelope.ts';

/**
 * One part of an event's personal data as it is stored: encrypted with the key of the person whom it is about. `at`: which
 * part, `''` for what belongs to the booking as a whole, `guests.0` for one of a list of people. `open`: what of it is no
 * personal data, and is needed to fold the event when the rest is gone.
 */
export type SealedPart = {
  readonly key: string;
  readonly at: string;
  readonly text: string;
  readonly open: JsonObject | null;
};

/** A part before it is sealed. `mailbox`: whose it is; null: of whoever the event's stream is about. */
export type PersonalPart = {
  readonly at: string;
  readonly mailbox: string | null;
  readonly value: Json;
  readonly open: JsonObject | null;
};

/** What stands where personal data was, and for ever. It is no mail address, so nothing can be sent to it. */
export const ERASED = '(erased)';

/** Lists of people within personal data; each of them is a subject of their own. */
const LISTS = ['guests', 'attendees'] as const;
/** Members of a person in a list that say nothing of who it is. */
const OPEN_MEMBERS: ReadonlySet<string> = new Set(['number', 'absent']);

const partOf = (at: string, item: Json): PersonalPart | null => {
  if (typeof item === 'string') return { at, mailbox: mailboxKey(item), value: item, open: null };
  if (!isObject(item) || typeof item.email !== 'string') return null;
  const members = Object.entries(item);
  return {
    at,
    mailbox: mailboxKey(item.email),
    value: Object.fromEntries(members.filter(([key]) => !OPEN_MEMBERS.has(key))),
    open: Object.fromEntries(members.filter(([key]) => OPEN_MEMBERS.has(key))),
  };
};

/** Personal data apart by subject: the people of its lists, and the rest. `joinPersonal` is its inverse. */
export const splitPersonal = (personal: JsonObject): ReadonlyArray<PersonalPart> => {
  const people = LISTS.flatMap((list) => {
    const items = personal[list];
    return Array.isArray(items) ? items.map((item: Json, index) => partOf(`${list}.${index}`, item)) : [];
  });
  const known = people.filter((part) => part !== null);
  if (known.length !== people.length) return [{ at: '', mailbox: null, value: personal, open: null }];
  const emptied = LISTS.filter((list) => Array.isArray(personal[list])).map((list) => [list, []] as const);
  return [{ at: '', mailbox: null, value: { ...personal, ...Object.fromEntries(emptied) }, open: null }, ...known];
};

const partIn = (part: Json): SealedPart | null => {
  if (!isObject(part)) return null;
  const { key, at, text, open = null } = part;
  if (typeof key !== 'string' || typeof at !== 'string' || typeof text !== 'string') return null;
  return open === null || isObject(open) ? { key, at, text, open } : null;
};

/** The parts of personal data that is as it is stored; null where it is in the clear. */
const partsIn = (personal: JsonObject): ReadonlyArray<SealedPart> | null => {
  const { sealed } = personal;
  if (!Array.isArray(sealed) || !Object.keys(personal).every((key) => key === 'sealed' || key === 'erased'))
    return null;
  const parts = sealed.map((part: Json) => partIn(part)).filter((part) => part !== null);
  return parts.length === sealed.length ? parts : null;
};

/** Whether personal data is as it is stored: in sealed parts. */
export const isSealed = (personal: JsonObject): boolean => partsIn(personal) !== null;

/** The sealed parts of an event's data; none where it has no personal data, or has it in the clear. */
export const sealedParts = ({ personal }: JsonObject): ReadonlyArray<SealedPart> =>
  (isObject(personal) ? partsIn(personal) : null) ?? [];

const reason: JsonObject = { salt: '', reason: null };

/** What stands in for the personal data of an event whose key is gone, by its type: enough to fold it. */
const standIns: { readonly [type: string]: JsonObject } = {
  BookingRequested: {
    salt: '',
    organizer: null,
    attendee: { name: ERASED, email: ERASED, timeZone: 'UTC', language: 'en', phoneNumber: null },
    guests: [],
    location: null,
    responses: {},
    metadata: {},
  },
  BookingRejected: reason,
  BookingCancelled: reason,
  RescheduleRequested: reason,
  RescheduleDeclined: reason,
  GuestsAdded: { salt: '', guests: [] },
  LocationChanged: { salt: '', location: null },
  AbsenceMarked: { salt: '', attendees: [] },
};
const standInElsewhere: JsonObject = { salt: '', address: ERASED, objects: [], hrefs: [] };

const erasedPerson = ({ at, open }: SealedPart): Json => {
  if (open === null) return ERASED;
  const nobody = { name: ERASED, email: ERASED, timeZone: null, language: null, phoneNumber: null };
  return { ...(at.startsWith('guests.') ? nobody : { email: ERASED }), ...open };
};

/**
 * Personal data from its parts. `opened` answers what was sealed, null where its key is gone. `erased: true` is in it where
 * anything stands in for what is gone.
 */
export const joinPersonal = (
  type: string,
  parts: ReadonlyArray<SealedPart>,
  opened: (part: SealedPart) => Json | null,
): JsonObject => {
  let isWhole = true;
  let whole: JsonObject | null = null;
  const lists = new Map<string, Json[]>();
  for (const part of parts) {
    const value = opened(part);
    if (value === null) isWhole = false;
    const [list = ''] = part.at.split('.');
    if (list === '') whole = isObject(value) ? value : null;
    else lists.getOrInsert(list, []).push(value === null ? erasedPerson(part) : withOpen(value, part));
  }
  return {
    ...(whole ?? standIns[type] ?? standInElsewhere),
    ...Object.fromEntries(lists),
    ...(isWhole && whole !== null ? {} : { erased: true }),
  };
};

const withOpen = (value: Json, { open }: SealedPart): Json =>
  open !== null && isObject(value) ? { ...value, ...open } : value;

/** An event's data with stand-ins for what is erased, or sealed where nobody has the key. Anything else stays as it is. */
export const withStandIns = (type: string, data: JsonObject): JsonObject => {
  const { personal } = data;
  if (!isObject(personal)) return data;
  if (isSealed(personal)) return { ...data, personal: joinPersonal(type, sealedParts(data), () => null) };
  return typeof personal.erased === 'string' && Object.keys(personal).length === 1
    ? { ...data, personal: joinPersonal(type, [], () => null) }
    : data;
};
