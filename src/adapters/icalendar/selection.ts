import { DAY_MS, type TimeValue } from './time-values.ts';
import { spanOf, type Zone, zoneOfTime, type Zones } from './time-zone.ts';

/** Which occurrences of a series an EXDATE or a RECURRENCE-ID means. `days` and `walls` are those of the series' clock. */
export type Selection = {
  readonly instants: ReadonlySet<number>;
  readonly walls: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
};

export const dayOfWall = (wall: number): number => Math.floor(wall / DAY_MS) * DAY_MS;

/** `series`: the clock of the series that it is chosen from. */
export const selectionOf = (
  times: ReadonlyArray<TimeValue>,
  series: { readonly zone: Zone; readonly isDate: boolean },
  zones: Zones,
): Selection => {
  const instants = new Set<number>();
  const walls = new Set<number>();
  const days = new Set<number>();
  const [hostClock] = zones.host.readings;
  for (const time of times) {
    if (time.kind === 'date') {
      days.add(time.wall);
      continue;
    }
    const zone = zoneOfTime(time, zones);
    const { earliest, latest } = spanOf(zone, time.wall);
    const [clock] = zone.readings;
    if (earliest === latest) instants.add(earliest);
    if (earliest === latest && clock !== undefined) instants.add(clock.secondInstantOf(time.wall));
    if (zone.key === series.zone.key) walls.add(time.wall);
    // Exchange names a day of an all-day series by its midnight, on the clock of a zone or in UTC.
    if (!series.isDate) continue;
    if (time.wall === dayOfWall(time.wall)) days.add(time.wall);
    const hostWall = earliest + (hostClock?.offsetAt(earliest) ?? 0);
    if (earliest === latest && hostWall === dayOfWall(hostWall)) days.add(hostWall);
  }
  return { instants, walls, days };
};
