import * as E from 'fp-ts/lib/Either.js';
import { type Interval, overlaps } from '../../domain/time/time.ts';
import { busyOfSeries } from './busy-of-series.ts';
import { type CompiledObject, compileObject } from './compile-object.ts';
import { hostDays } from './named-days.ts';
import { componentsNamed, propertiesNamed, type Component, parseComponents } from './parse-components.ts';
import { whyUnreadable, parseTime, unreadable } from './time-values.ts';

/**
 * What could not be read of one object, and why, in words that hold no text of the calendar. `blocked`: the times that it
 * may take, which are in `busy` too; null where nobody knows: then no time may be called free unless the server says that
 * the object is not there.
 */
type Doubt = { readonly reason: string; readonly blocked: ReadonlyArray<Interval> | null };

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
  // What cannot be read is busy at least on the days that it names, whatever the server says.
  const named = doubts.some(({ blocked }) => blocked === null) ? hostDays(namedDays, host) : [];
  return { busy: [...busy, ...named.filter((day) => overlaps(day, window))], doubts };
};

type ReadBusyOptions = {
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

/** The property with the booking's uid in each of our events. */
export const BOOKING_MARK = 'X-HOLDFAST-BOOKING';

/**
 * What shows whose event it is and which state of it. `start`: as instant (UTC, ISO 8601); null where it is not written
 * in UTC, as ours are. `status`: of RFC 5545 (3.8.1.11), in capitals.
 */
export type ObjectIdentity = {
  readonly uid: string;
  readonly bookingMark: string | null;
  readonly sequence: number;
  readonly start: string | null;
  readonly status: string | null;
};

const utcStart = (event: Component): string | null => {
  const [property] = propertiesNamed(event, 'DTSTART');
  const time = property === undefined ? null : parseTime(property.value, null);
  return time?.kind === 'utc' ? Temporal.Instant.fromEpochMilliseconds(time.wall).toString() : null;
};

/** A TEXT value (RFC 5545, 3.3.11) without its escapes. */
const unescapeText = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character.toLowerCase() === 'n' ? '\n' : character));

/** Whose event a VCALENDAR with one event holds. Left is why it cannot be read. */
export const readIdentity = (text: string): E.Either<string, ObjectIdentity> =>
  E.tryCatch(() => {
    const { root } = parseComponents(text);
    if (!root.components.some(({ name }) => name === 'VCALENDAR')) throw unreadable('no VCALENDAR');
    const [event] = componentsNamed(root, 'VEVENT');
    if (event === undefined) throw unreadable('no VEVENT');
    if (event.damage !== null) throw unreadable(event.damage);
    const textOf = (name: string): string | null => {
      const [property] = propertiesNamed(event, name);
      return property === undefined ? null : unescapeText(property.value);
    };
    return {
      uid: textOf('UID') ?? '',
      bookingMark: textOf(BOOKING_MARK),
      sequence: Number(textOf('SEQUENCE') ?? 0),
      start: utcStart(event),
      status: textOf('STATUS')?.toUpperCase() ?? null,
    };
  }, whyUnreadable);
