type EventTypeOutline = { readonly id: unknown; readonly slug: unknown; readonly integrations: ReadonlyArray<unknown> };

/**
 * The names in a configuration file and who refers to whom, read without any demand: what is missing or of another kind
 * is `undefined` or an empty list. So cross-checks need not wait until everything else is mended.
 */
export type Outline = {
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
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;

const items = (value: unknown, key: string): ReadonlyArray<unknown> => {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
};

export const outlineOf = (file: unknown): Outline => ({
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
