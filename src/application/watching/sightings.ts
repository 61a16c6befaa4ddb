import { toInstant } from '../../domain/time/time.ts';

/** More are not watched in one calendar: those that come first are. */
export const MOST_WATCHED = 5_000;

/**
 * When the events of a calendar were last known to be as the log says, by watching alone: `at` goes for all of them but those
 * under `except`, by uid, which were last seen earlier, or never (null). Epoch milliseconds.
 */
export type CalendarSighting = {
  readonly at: number;
  readonly except: Readonly<Record<string, number | null>>;
};

/**
 * What watching saw, kept beside the read model and not in the log: it survives a restart and a rebuild of the running
 * server. Where it is lost, what the log knows stands in for it.
 */
export type CalendarSightings = {
  readonly sighting: (calendarId: string) => CalendarSighting | null;
  readonly noteSighting: (calendarId: string, sighting: CalendarSighting) => void;
};

/** When watching last knew this booking's event to be as the log says, epoch milliseconds; null: never. */
export const sightedAt = (sighting: CalendarSighting | null, uid: string): number | null => {
  if (sighting === null) return null;
  const except = sighting.except[uid];
  return except === undefined ? sighting.at : except;
};

/** After a round that began at `began` (epoch milliseconds): all were seen but `unsure`, which keep what was known before. */
export const noteRound = (
  { sighting, noteSighting }: CalendarSightings,
  calendarId: string,
  round: { readonly began: number; readonly watched: number; readonly unsure: ReadonlyArray<string> },
): void => {
  // Of those beyond what is watched nothing is known.
  if (round.watched >= MOST_WATCHED) return;
  const before = sighting(calendarId);
  const except = Object.fromEntries(round.unsure.map((uid) => [uid, sightedAt(before, uid)]));
  noteSighting(calendarId, { at: round.began, except });
};

/** The same as others ask for it: UTC instants, null where nothing is known. */
export type WhenSeen = {
  /** When the calendar was last known to hold the booking's event as the log says, by watching alone. */
  readonly sightedAt: (calendarId: string, uid: string) => string | null;
  /** When watching last went through the calendar. */
  readonly watchedAt: (calendarId: string) => string | null;
};

const instantOf = (at: number | null): string | null => (at === null ? null : toInstant(at));

export const whenSeen = ({ sighting }: Pick<CalendarSightings, 'sighting'>): WhenSeen => ({
  sightedAt: (calendarId, uid) => instantOf(sightedAt(sighting(calendarId), uid)),
  watchedAt: (calendarId) => instantOf(sighting(calendarId)?.at ?? null),
});
