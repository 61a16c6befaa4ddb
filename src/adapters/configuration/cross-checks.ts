import { didYouMean, shown } from '../../domain/decoding/wording.ts';
import { calendarProviders } from '../calendars/providers.ts';
import type { ConfigurationError, Errors } from './errors.ts';
import { isObject } from '../../domain/unknown.ts';

type EventTypeOutline = { readonly id: unknown; readonly slug: unknown; readonly integrations: ReadonlyArray<unknown> };

/**
 * The names in a configuration file and who refers to whom, read without any demand: what is missing or of another kind
 * is `undefined` or an empty list. So cross-checks need not wait until everything else is mended.
 */
type Outline = {
  readonly hosts: ReadonlyArray<{
    readonly id: unknown;
    readonly number: unknown;
    readonly username: unknown;
    readonly calendars: ReadonlyArray<unknown>;
    readonly eventTypes: ReadonlyArray<EventTypeOutline>;
  }>;
  readonly calendars: ReadonlyArray<{ readonly id: unknown; readonly type: unknown }>;
  readonly webhooks: ReadonlyArray<{ readonly id: unknown; readonly hosts: ReadonlyArray<unknown> }>;
  readonly hasJitsi: boolean;
};

/** The value of a key; `undefined` where there is none, or nothing that could have one. */
export const at = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const items = (value: unknown, key: string): ReadonlyArray<unknown> => {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
};

const outlineOf = (file: unknown): Outline => ({
  hosts: items(file, 'hosts').map((host) => ({
    id: at(host, 'id'),
    number: at(host, 'number'),
    username: at(host, 'username'),
    calendars: items(host, 'calendars'),
    eventTypes: items(host, 'eventTypes').map((type) => ({
      id: at(type, 'id'),
      slug: at(type, 'slug'),
      integrations: items(type, 'locations').map((location) => at(location, 'integration')),
    })),
  })),
  calendars: items(file, 'calendars').map((calendar) => ({ id: at(calendar, 'id'), type: at(calendar, 'type') })),
  webhooks: items(file, 'webhooks').map((webhook) => ({ id: at(webhook, 'id'), hosts: items(webhook, 'hosts') })),
  hasJitsi: at(at(at(file, 'conferencing'), 'jitsi'), 'baseUrl') !== undefined,
});

type Placed = { readonly value: unknown; readonly path: string };

/** The values of a list of texts with their places. */
const placed = (values: ReadonlyArray<unknown>, path: string): ReadonlyArray<Placed> =>
  values.map((value, place) => ({ value, path: `${path}[${place}]` }));

/** The values that stand under one key of each item of a list. */
const placedUnder = <K extends string>(
  listed: ReadonlyArray<{ readonly [key in K]: unknown }>,
  path: string,
  key: K,
): ReadonlyArray<Placed> => listed.map((item, place) => ({ value: item[key], path: `${path}[${place}].${key}` }));

/** An error at each value that an earlier one has already. Only texts and numbers are compared. */
const duplicates = (values: ReadonlyArray<Placed>): Errors => {
  const first = new Map<unknown, string>();
  return values.flatMap(({ value, path }): Errors => {
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const earlier = first.get(value);
    if (earlier !== undefined)
      return [{ path, code: 'duplicate', message: `${shown(String(value))} is already at ${earlier}` }];
    first.set(value, path);
    return [];
  });
};

type Check = (outline: Outline) => Errors;

const isText = (value: unknown): value is string => typeof value === 'string';

const uniqueNames: Check = ({ hosts, calendars, webhooks }) => [
  ...duplicates(placedUnder(hosts, 'hosts', 'id')),
  ...duplicates(placedUnder(hosts, 'hosts', 'number')),
  ...duplicates(placedUnder(hosts, 'hosts', 'username')),
  ...duplicates(placedUnder(calendars, 'calendars', 'id')),
  ...duplicates(placedUnder(webhooks, 'webhooks', 'id')),
];

/** Event types are found by id alone, whoever their host is; by slug within one host. */
const uniqueEventTypes: Check = ({ hosts }) => [
  ...duplicates(hosts.flatMap((host, place) => placedUnder(host.eventTypes, `hosts[${place}].eventTypes`, 'id'))),
  ...hosts.flatMap((host, place) => duplicates(placedUnder(host.eventTypes, `hosts[${place}].eventTypes`, 'slug'))),
];

type Reference = { readonly id: string; readonly path: string; readonly owner: number };

const references = (owner: number, values: ReadonlyArray<Placed>): ReadonlyArray<Reference> =>
  values.flatMap(({ value, path }) => (isText(value) ? [{ id: value, path, owner }] : []));

const calendarReferences = ({ hosts }: Outline): ReadonlyArray<Reference> =>
  hosts.flatMap((host, place) => references(place, placed(host.calendars, `hosts[${place}].calendars`)));

const dangling = (found: ReadonlyArray<Reference>, what: string, known: ReadonlyArray<string>): Errors =>
  found
    .filter(({ id }) => !known.includes(id))
    .map(({ id, path }) => ({
      path,
      code: 'unknown_reference',
      message: `there is no ${what} ${shown(id)}${didYouMean(id, known)}`,
    }));

const calendarsExist: Check = (outline) =>
  dangling(calendarReferences(outline), 'calendar', outline.calendars.map(({ id }) => id).filter(isText));

const webhookHostsExist: Check = ({ webhooks, hosts }) =>
  dangling(
    webhooks.flatMap((webhook, place) => references(place, placed(webhook.hosts, `webhooks[${place}].hosts`))),
    'host',
    hosts.map(({ id }) => id).filter(isText),
  );

/** Two hosts writing into one calendar would read each other's bookings as busy times of their own. */
const calendarsHaveOneHost: Check = (outline) =>
  calendarReferences(outline).flatMap(({ id, path, owner }, _place, all): Errors => {
    const first = all.find((other) => other.id === id);
    return first === undefined || first.owner === owner
      ? []
      : [{ path, code: 'conflict', message: `${shown(id)} belongs to another host already, at ${first.path}` }];
  });

/** A host without a calendar is booked without one: a calendar that was forgotten must not pass in silence. */
const calendarsAreUsed: Check = (outline) => {
  const used = new Set(calendarReferences(outline).map(({ id }) => id));
  return references(0, placedUnder(outline.calendars, 'calendars', 'id'))
    .filter(({ id }) => !used.has(id))
    .map(({ id, path }) => ({ path, code: 'conflict', message: `no host names ${shown(id)} among its calendars` }));
};

const lackingFor = (integration: unknown, hasJitsi: boolean, calendarTypes: ReadonlyArray<unknown>): string | null => {
  if (integration === 'jitsi' && !hasJitsi) {
    return 'conferencing.jitsi.baseUrl';
  }
  const maker = Object.entries(calendarProviders).find(
    ([, provider]) => provider.makesRoom !== undefined && provider.makesRoom === integration,
  );
  return maker === undefined || calendarTypes.includes(maker[0]) ? null : `a ${maker[0]} calendar of this host`;
};

/** A video room that nobody could make is told at start, not to the first guest. */
const roomsCanBeMade: Check = ({ hosts, calendars, hasJitsi }) =>
  hosts.flatMap((host, hostPlace) => {
    const types = calendars.filter(({ id }) => host.calendars.includes(id)).map(({ type }) => type);
    return host.eventTypes.flatMap(({ integrations }, typePlace) =>
      integrations.flatMap((integration, place): ReadonlyArray<ConfigurationError> => {
        const path = `hosts[${hostPlace}].eventTypes[${typePlace}].locations[${place}].integration`;
        const lacking = lackingFor(integration, hasJitsi, types);
        return lacking === null ? [] : [{ path, code: 'conflict', message: `needs ${lacking}` }];
      }),
    );
  });

const checks: ReadonlyArray<Check> = [
  uniqueNames,
  uniqueEventTypes,
  calendarsExist,
  calendarsHaveOneHost,
  calendarsAreUsed,
  webhookHostsExist,
  roomsCanBeMade,
];

/** What can only be seen when several parts of the file are looked at together. */
export const crossCheck = (file: unknown): Errors => {
  const outline = outlineOf(file);
  return checks.flatMap((check) => check(outline));
};
