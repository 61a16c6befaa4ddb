/** What JSON can say; the only thing an event's data may hold. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Who caused an event. `id` is a host id or an API key id, never a name or an address (I12). */
export type Actor = { readonly kind: 'guest' | 'host' | 'operator' | 'system'; readonly id?: string };

/**
 * An event as it is written: a storage format. Personal data lies in `data.personal` and nowhere else (I12).
 * `occurredAt` is a UTC instant in ISO 8601. `hash` chains the event to the one before it in its stream.
 */
export type Envelope = {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly data: JsonObject;
  readonly occurredAt: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly hash: string;
};

/** An event as it is read: where it stands in its stream (zero-based) and in the whole log (gaps are allowed). */
export type RecordedEvent = Envelope & {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
};
