import { toInstant } from '../../domain/time/interval.ts';

/** A UTC instant as Cal.com's API writes it, always with milliseconds: `2050-09-05T09:00:00.000Z`. */
export const withMilliseconds = (instant: string): string => {
  // Events write whole seconds short, so this is nearly always a matter of four characters.
  if (instant.length === 20) return `${instant.slice(0, 19)}.000Z`;
  return Temporal.Instant.from(instant).toString({ smallestUnit: 'millisecond' });
};

/** Epoch milliseconds likewise; with a zone, in its local time and with its offset. */
export const atMilliseconds = (epochMs: number, timeZone: string | null): string => {
  if (timeZone === null) return withMilliseconds(toInstant(epochMs));
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toString({ smallestUnit: 'millisecond', timeZone });
};
