import { type Interval, overlaps } from '../../domain/time/time.ts';
import { busyOfSeries } from './busy-of-series.ts';
import { type CompiledObject, compileObject } from './compile-object.ts';
import { hostDays } from './named-days.ts';
import { whyUnreadable } from './unreadable.ts';

/**
 * What could not be read of one object, and why, in words that hold no text of the calendar. `blocked`: the times that it
 * may take, which are in `busy` too; null where nobody knows: then no time may be called free unless the server says that
 * the object is not there.
 */
export type Doubt = { readonly reason: string; readonly blocked: ReadonlyArray<Interval> | null };

export type ObjectReading = { readonly busy: ReadonlyArray<Interval>; readonly doubts: ReadonlyArray<Doubt> };

/** The busy times of a compiled object that touch the window. `except`: UIDs that are left out. */
export const busyOfObject = (
  { series, problems, namedDays, host }: CompiledObject,
  window: Interval,
  except: ReadonlySet<string>,
): ObjectReading => {
  const isLeftOut = (uid: string | null): boolean => uid !== null && uid !== '' && except.has(uid);
  const doubts: Doubt[] = problems
    .filter(({ uid }) => !isLeftOut(uid))
    .map(({ reason }) => ({ reason, blocked: null }));
  const busy = series.flatMap((one) => {
    if (isLeftOut(one.uid)) return [];
    try {
      const found = busyOfSeries(one, window, host).filter((time) => time.start < time.end && overlaps(time, window));
      if (!one.zonesKnown && found.length > 0) doubts.push({ reason: 'a time zone is not known', blocked: found });
      return found;
    } catch (error) {
      doubts.push({ reason: whyUnreadable(error), blocked: null });
      return [];
    }
  });
  // What was not understood is on the days that it names at least, whatever the server says of it.
  const named = doubts.some(({ blocked }) => blocked === null) ? hostDays(namedDays, host) : [];
  return { busy: [...busy, ...named.filter((day) => overlaps(day, window))], doubts };
};

export type ReadBusyOptions = {
  readonly window: Interval;
  readonly hostTimeZone: string;
  readonly except: ReadonlySet<string>;
};

/** `index`: of the text that could not be read, or not in full. */
export type BusyOfTexts = {
  readonly busy: ReadonlyArray<Interval>;
  readonly unreadable: ReadonlyArray<Doubt & { readonly index: number }>;
};

/**
 * Busy times that touch the window, out of whole VCALENDAR texts (RFC 5545), neither merged nor sorted. Pure, and without a
 * limit of time. One text that cannot be read takes nothing from the others; see `Doubt` for what may be called free then.
 */
export const readBusy = (texts: ReadonlyArray<string>, options: ReadBusyOptions): BusyOfTexts => {
  const readings = texts.map((text) =>
    busyOfObject(compileObject(text, options.hostTimeZone), options.window, options.except),
  );
  return {
    busy: readings.flatMap(({ busy }) => busy),
    unreadable: readings.flatMap(({ doubts }, index) => doubts.map((doubt) => ({ ...doubt, index }))),
  };
};
