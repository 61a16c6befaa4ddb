import { SLOTS_VERSION } from '../../http/transport/endpoint.ts';
import type { CliContext, ExitCode } from '../terminal.ts';
import { slotsAnswer } from './answers.ts';
import { runRequest, type ServerOptions } from './client.ts';

const DEFAULT_DAYS = 7;

export type SlotsOptions = ServerOptions & {
  readonly username?: string;
  readonly start?: string;
  readonly end?: string;
  readonly timeZone?: string;
};

/** A number is an id; anything else is a slug, of the host that `--username` names. */
const eventTypeQuery = (eventType: string, { username }: SlotsOptions) =>
  /^\d+$/.test(eventType) ? { eventTypeId: eventType } : { eventTypeSlug: eventType, username: username ?? 'demo' };

/** `09:00Z` or `09:00+02:00` of an instant with milliseconds: the time of day with the offset that it has there. */
const timeOfDay = (instant: string): string => instant.replace(/^.*T(\d\d:\d\d)[\d:.]*(.*)$/, '$1$2');

/** One line for each day: the date and its starts. */
const dayLines = (days: Readonly<Record<string, ReadonlyArray<{ readonly start: string }>>>): ReadonlyArray<string> => {
  const lines = Object.entries(days).map(
    ([day, slots]) => `${day}  ${slots.map(({ start }) => timeOfDay(start)).join(' ')}`,
  );
  return lines.length === 0 ? ['no free slots'] : lines;
};

export const showSlots = (
  context: CliContext,
  eventType: string,
  options: SlotsOptions,
  now: Temporal.Instant = Temporal.Now.instant(),
): Promise<ExitCode> => {
  const start = options.start ?? now.toString({ smallestUnit: 'second' });
  const end = options.end ?? now.add({ hours: 24 * DEFAULT_DAYS }).toString({ smallestUnit: 'second' });
  return runRequest(context, options, {
    ask: (ask) =>
      ask(slotsAnswer, {
        method: 'GET',
        path: '/v2/slots',
        version: SLOTS_VERSION,
        query: { ...eventTypeQuery(eventType, options), start, end, timeZone: options.timeZone },
      }),
    data: ({ data }) => data,
    lines: ({ data }) => dayLines(data),
  });
};
