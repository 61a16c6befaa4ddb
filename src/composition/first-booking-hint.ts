import * as E from 'fp-ts/lib/Either.js';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import { type FindSlotsDeps, findSlots } from '../application/queries/find-slots.ts';
import { toInstant } from '../domain/time/time.ts';

/** A week ahead is enough to show how a slot is booked. */
const LOOK_AHEAD_DAYS = 7;

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The command that books the first free slot of the first event type; null where there is none. */
const bookingLine = async (deps: FindSlotsDeps, { hosts }: Configuration, url: string): Promise<string | null> => {
  const host = hosts[0];
  const eventType = host?.eventTypes.find(
    ({ hidden, bookingFields }) => !hidden && bookingFields.every((field) => !field.required),
  );
  if (host === undefined || eventType === undefined) return null;
  const now = deps.clock.now();
  const window = {
    start: now,
    end: now + Temporal.Duration.from({ hours: 24 * LOOK_AHEAD_DAYS }).total('milliseconds'),
  };
  const query = { rules: { host, eventType }, window, lengthInMinutes: eventType.lengthInMinutes };
  const found = await findSlots(deps)(query, AbortSignal.timeout(2_000))();
  const slot = E.isRight(found) ? found.right[0] : undefined;
  if (slot === undefined) return null;
  const attendee = { name: 'Ada', email: 'ada@example.com', timeZone: host.timeZone };
  const body = JSON.stringify({ eventTypeId: eventType.id, start: toInstant(slot.start), attendee });
  return `curl -s ${url}/v2/bookings -H 'content-type: application/json' -d ${shellQuoted(body)}`;
};

/** Lines that a new user can paste: a first booking, and where its history is. */
export const quickStartHints = async (
  deps: FindSlotsDeps,
  configuration: Configuration,
  url: string,
): Promise<ReadonlyArray<string>> => {
  const line = await bookingLine(deps, configuration, url);
  return line === null
    ? []
    : [
        '',
        'Book the first free slot:',
        `  ${line}`,
        'Then see its history, with the uid and the guestToken that it answers:',
        `  curl -s '${url}/v2/bookings/UID/events?token=TOKEN'`,
        `What the guest sees: ${url}/bookings/UID?token=TOKEN`,
      ];
};
