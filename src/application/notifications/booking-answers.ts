import type { EventType } from '../../domain/bookable/host.ts';
import type { Json, JsonObject } from '../../domain/log/envelope.ts';

/** One answer to a question of the event type: `text` for people, `value` for programs. */
export type BookingAnswer = {
  readonly slug: string;
  readonly label: string;
  readonly value: Json;
  readonly text: string;
};

const inWords = (value: Json): string => {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(inWords).join(', ') : JSON.stringify(value);
};

/** The guest's answers with the labels that the event type gives them; a field it has no more is called by its slug. */
export const answersOf = (
  responses: { readonly [slug: string]: unknown },
  eventType: EventType | undefined,
): ReadonlyArray<BookingAnswer> =>
  // Stored answers came in as JSON; their codec only says `unknown`.
  Object.entries(responses as JsonObject).map(([slug, value]) => ({
    slug,
    label: eventType?.bookingFields.find((field) => field.slug === slug)?.label ?? slug,
    value,
    text: inWords(value),
  }));
