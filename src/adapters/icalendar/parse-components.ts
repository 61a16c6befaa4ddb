import { nameEndOf, type Property, propertyOf } from './property.ts';
import { unreadable } from './time-values.ts';

/** A component (RFC 5545, 3.6). `text`: where in the whole text it stands, for those that are kept by their text. */
export type Component = {
  readonly name: string;
  readonly properties: Property[];
  readonly components: Component[];
  readonly text: { readonly from: number; to: number };
  /** Why the component is incomplete or damaged; null where it is whole. */
  damage: string | null;
};

const NAME = /^[A-Za-z0-9-]+$/;
// RFC 5545 allows no control character but HTAB; calendar programs ignore them.
const CONTROL = /(?![\t\n\r])\p{Cc}|\ufeff/gu;
/** The properties of an event that busy times and what is watched depend on; the values of others are not read. */
const WANTED: ReadonlySet<string> = new Set([
  'UID',
  'SEQUENCE',
  'DTSTART',
  'DTEND',
  'DURATION',
  'RRULE',
  'EXRULE',
  'RDATE',
  'EXDATE',
  'RECURRENCE-ID',
  'TRANSP',
  'STATUS',
  'ORGANIZER',
  'X-APPLE-TRAVEL-DURATION',
  'TZID',
  'TZOFFSETFROM',
  'TZOFFSETTO',
  'X-LIC-LOCATION',
  'X-HOLDFAST-BOOKING',
]);

const open = (name: string, from: number): Component => ({
  name,
  properties: [],
  components: [],
  text: { from, to: from },
  damage: null,
});

const DATED: ReadonlySet<string> = new Set(['VEVENT', 'VTIMEZONE', 'STANDARD', 'DAYLIGHT']);

class Builder {
  readonly root = open('', 0);
  readonly #open: Component[] = [this.root];
  #junk = false;

  get top(): Component {
    return this.#open.at(-1) ?? this.root;
  }

  begin(name: string, at: number): void {
    // An event contains no other event: the one before was not closed.
    if (name === 'VEVENT' || name === 'VTIMEZONE') {
      while (DATED.has(this.top.name)) this.#close(at, null);
    }
    const component = open(name, at);
    this.top.components.push(component);
    this.#open.push(component);
    this.#junk = false;
  }

  end(name: string, at: number): void {
    if (!this.#open.some((component) => component.name === name)) return;
    // An event without END is read as it is. In one with an alarm without END it is unclear which of them a line
    // belongs to.
    while (this.top.name !== name) this.#close(at, DATED.has(this.top.name) ? null : 'a component in it is not closed');
    this.top.text.to = at;
    this.#open.pop();
    this.#junk = false;
  }

  /** A line that is no content line. Calendar programs treat it as a part of the text before it. */
  junk = (): void => void (this.#junk = true);

  property(line: string, nameEnd: number, name: string): void {
    this.top.properties.push(propertyOf(line, nameEnd, name, this.#junk));
  }

  finish(at: number): Component {
    const cut = this.#open.some(({ name }) => DATED.has(name));
    while (this.#open.length > 1) this.#close(at, cut ? 'the text ends inside an event' : null);
    return this.root;
  }

  #close(at: number, damage: string | null): void {
    const closed = this.#open.pop();
    if (closed === undefined) return;
    closed.text.to = at;
    closed.damage ??= damage;
    if (damage !== null && this.top !== this.root && DATED.has(this.top.name)) this.top.damage ??= damage;
  }
}

const isNameCode = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 45;

/** Whether the name may be a wanted one, by its first letter: most lines are not. */
const mayBeWanted = (code: number): boolean => 'BDEOURTSXbdeourtsx'.includes(String.fromCharCode(code));

/** Whether a line that is not wanted is a property and can be skipped. */
const isOtherProperty = (text: string, from: number): boolean => {
  if (mayBeWanted(text.charCodeAt(from))) return false;
  let at = from;
  while (isNameCode(text.charCodeAt(at))) at += 1;
  const next = text.charCodeAt(at);
  return at > from && (next === 58 || next === 59);
};

/**
 * The components of an iCalendar text (RFC 5545, 3.4), read as tolerantly as everybody reads: any line ends, blank lines,
 * a BOM, control characters, names in any case, a line without a colon, several VCALENDARs, an END that is missing. Only
 * properties that busy times depend on are kept. The root holds whatever stands outside of all.
 */
export const parseComponents = (text: string): { readonly root: Component; readonly text: string } => {
  const clean = text.search(CONTROL) < 0 ? text : text.replace(CONTROL, '');
  const builder = new Builder();
  const length = clean.length;
  let at = 0;
  let line: string | null = null;
  let lineAt = 0;

  const take = (): void => {
    if (line === null) return;
    const current = line;
    line = null;
    const end = nameEndOf(current);
    const name = end < 0 ? '' : current.slice(0, end).trim();
    if (!NAME.test(name)) return builder.junk();
    const upper = name.toUpperCase();
    if (upper === 'BEGIN')
      builder.begin(
        current
          .slice(end + 1)
          .trim()
          .toUpperCase(),
        lineAt,
      );
    else if (upper === 'END')
      builder.end(
        current
          .slice(end + 1)
          .trim()
          .toUpperCase(),
        at,
      );
    else if (WANTED.has(upper)) builder.property(current, end, upper);
  };

  while (at < length) {
    let end = at;
    let code = clean.charCodeAt(end);
    const first = code;
    while (end < length && code !== 10 && code !== 13) code = clean.charCodeAt((end += 1));
    if (first === 32 || first === 9) {
      if (line !== null) line += clean.slice(at + 1, end);
    } else if (end > at) {
      take();
      // A line that cannot matter is not even copied.
      if (!isOtherProperty(clean, at)) {
        line = clean.slice(at, end);
        lineAt = at;
      }
    }
    at = code === 13 && clean.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
  }
  at = length;
  take();
  return { root: builder.finish(length), text: clean };
};

/** Every component of one name, at any depth, without recursion. */
export const componentsNamed = (component: Component, name: string): ReadonlyArray<Component> => {
  const all = [...component.components];
  for (const one of all) for (const child of one.components) all.push(child);
  return all.filter((one) => one.name === name);
};

export const propertiesNamed = (component: Component, name: string): ReadonlyArray<Property> =>
  component.properties.filter((property) => property.name === name);

const OTHER_KINDS = ['VTODO', 'VJOURNAL', 'VFREEBUSY', 'VAVAILABILITY', 'VPOLL'];

/** The events of a text. Throws where it has no component of a calendar. */
export const eventsOf = (root: Component): ReadonlyArray<Component> => {
  const events = componentsNamed(root, 'VEVENT');
  if (events.length === 0 && OTHER_KINDS.every((name) => componentsNamed(root, name).length === 0)) {
    throw unreadable('it holds no event');
  }
  return events;
};
