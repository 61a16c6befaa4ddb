import * as t from 'io-ts';
import type { Host } from '../bookable/host.ts';
import { localDate, localTime, timeZone } from '../decoding/values.ts';
import { instantCodec, type Json, type JsonObject } from '../log/envelope.ts';
import { canonicalJson, type Sha256 } from '../log/hash-chain.ts';
import { type Interval, overlaps, toInstant } from '../time/time.ts';
import { isObject } from '../unknown.ts';

/** Busy times of one calendar, as they were read; epoch milliseconds. */
export type CalendarBusy = { readonly calendarId: string; readonly busy: ReadonlyArray<Interval> };

/** A time at which a calendar was busy; no text of what is in it. */
const busyCodec = t.type({ calendarId: t.string, start: instantCodec, end: instantCodec });
export type BusyFact = t.TypeOf<typeof busyCodec>;

/**
 * What it was decided by that a time can be had. `rules`: digest of the host's rules, which lie in a stream of theirs.
 * `calendars`: those that were read; `busy`: what they said about the time, the first of it.
 */
export const decisionFactsCodec = t.type({
  rules: t.string,
  calendars: t.readonlyArray(t.string),
  busy: t.readonlyArray(busyCodec),
});
export type DecisionFacts = t.TypeOf<typeof decisionFactsCodec>;

/** Busy times that are recorded with one decision, at most. */
const MOST_BUSY = 20;

const busyFacts = (read: ReadonlyArray<CalendarBusy>): ReadonlyArray<BusyFact> =>
  read.flatMap(({ calendarId, busy }) =>
    busy.map(({ start, end }) => ({ calendarId, start: toInstant(start), end: toInstant(end) })),
  );

export const decisionFacts = (rules: string, read: ReadonlyArray<CalendarBusy>): DecisionFacts => ({
  rules,
  calendars: read.map(({ calendarId }) => calendarId),
  busy: busyFacts(read).slice(0, MOST_BUSY),
});

/** The first busy time that stands in the way of a claim. */
export const busyInTheWay = (read: ReadonlyArray<CalendarBusy>, claim: Interval): BusyFact | null =>
  busyFacts(
    read.map(({ calendarId, busy }) => ({ calendarId, busy: busy.filter((one) => overlaps(one, claim)) })),
  )[0] ?? null;

/** What is left out of the rules of an event type: what is only said to people. */
const eventTypeRules = ({
  title: _title,
  description: _description,
  locations: _locations,
  bookingFields: _fields,
  ...rules
}: Host['eventTypes'][number]) => rules;

/** The rules of a host that decide what can be booked and how: no name, no address, no words for people. */
const plainRules = ({ id: _id, number: _number, username: _user, name: _name, email: _email, ...host }: Host) => ({
  ...host,
  eventTypes: host.eventTypes.map(eventTypeRules),
});

const zone = t.refinement(t.string, timeZone.is, 'time zone');
const clock = t.refinement(t.string, localTime.is, 'time of day');
const date = t.refinement(t.string, localDate.is, 'date');
/** Above all that can be configured, and so small that days and minutes can be added up. */
const MOST = 10_000_000;
const count = t.refinement(t.number, (number) => Number.isInteger(number) && number >= 0 && number <= MOST, 'count');

const span = t.type({ from: clock, to: clock });
const week = t.type({ days: t.readonlyArray(count), from: clock, to: clock });
const limits = t.partial({ day: count, week: count, month: count, year: count });
const ruledEventType = t.type({
  id: t.number,
  slug: t.string,
  lengthInMinutes: count,
  lengthOptions: t.readonlyArray(count),
  slotInterval: t.union([count, t.null]),
  beforeBuffer: count,
  afterBuffer: count,
  minimumNotice: count,
  bookingWindow: t.union([
    t.type({ type: t.literal('unlimited') }),
    t.type({ type: t.literal('rolling'), days: count }),
    t.type({ type: t.literal('range'), from: date, to: date }),
  ]),
  limits,
  requiresConfirmation: t.boolean,
});

/** Rules as the log has them; what later versions add is kept and not looked at. */
export const hostRulesCodec = t.type({
  timeZone: zone,
  weeklyHours: t.readonlyArray(week),
  dateOverrides: t.readonlyArray(t.type({ date, hours: t.readonlyArray(span) })),
  calendarIds: t.readonlyArray(t.string),
  acceptance: t.keyof({ 'any-of': null, 'all-of': null }),
  eventTypes: t.readonlyArray(ruledEventType),
});
export type HostRules = t.TypeOf<typeof hostRulesCodec>;

/** As JSON: what has no value is left out. */
const asJson = (value: unknown): Json => {
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return isObject(value) ? asJsonObject(value) : null;
};
const asJsonObject = (value: { readonly [name: string]: unknown }): JsonObject =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, asJson(one)] as const])),
  );

/** SHA-256 over the canonical JSON of rules (RFC 8785), in hex. */
const digestOf = (sha256: Sha256, rules: JsonObject): string => sha256(canonicalJson(rules));

type DigestedRules = { readonly rules: JsonObject; readonly digest: string };

/** A host of a configuration never changes, so its digest is computed once, and not for each request. */
const digested = new WeakMap<Host, DigestedRules>();

/** The rules of a host and their digest. */
export const rulesOf = (sha256: Sha256, host: Host): DigestedRules => {
  const known = digested.get(host);
  if (known !== undefined) return known;
  const rules = asJsonObject(plainRules(host));
  const made = { rules, digest: digestOf(sha256, rules) };
  digested.set(host, made);
  return made;
};

/** A host as far as recorded rules tell, to decide by: names and texts are empty. */
export const hostOfRules = (id: string, rules: HostRules): Host => ({
  ...rules,
  id,
  number: 0,
  username: id,
  name: id,
  email: '',
  eventTypes: rules.eventTypes.map((eventType) => ({
    title: '',
    description: '',
    locations: [],
    bookingFields: [],
    hidden: false,
    guestsAllowed: true,
    hostMustGiveReason: false,
    cancellable: true,
    reminders: [],
    noShowCheck: null,
    ...eventType,
  })),
});
