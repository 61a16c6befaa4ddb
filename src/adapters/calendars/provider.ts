import type { Mixed, TypeOf } from 'io-ts';
import type { Dispatcher } from 'undici';
import type { Calendar } from '../../application/ports/calendar.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import { id } from '../../domain/bookable/host.ts';
import { from, withDefault } from '../../domain/decoding/codec.ts';
import { line, oneOf, seconds } from '../../domain/decoding/values.ts';
import type { Sources } from '../configuration/sources.ts';
import type { CalendarReader } from './caldav/reading/calendar-reader.ts';
import type { LocalCalendars } from './local/local-calendars.ts';

/** What the calendars of one server share. A provider's libraries are loaded when `connect` asks for them. */
export type CalendarResources = {
  readonly clock: Clock;
  readonly local: LocalCalendars;
  /** IANA zone of the host whose calendar it is: times without a zone mean that one. */
  readonly hostTimeZone: string;
  /** One call of the port, all its requests together. */
  readonly timeLimitMs: number;
  /** Guards addresses. `ca`: PEM of a certificate authority beside Node's own. */
  readonly dispatcher: (ca: string | null) => Promise<Dispatcher>;
  readonly reader: () => Promise<CalendarReader>;
};

/**
 * All that is to be known of a kind of calendar. A new kind is such a record beside its adapter, its name in
 * `calendarProviderNames` and its place in `calendarProviders`; the compiler asks for the rest. Its keys are described in
 * docs/configuration.md.
 */
export type CalendarProvider<C extends Mixed> = {
  /** Reads an entry of `calendars` in the configuration; `type` in it is the provider's name. */
  readonly settings: (sources: Sources) => C;
  /** Where a calendar is, in words that change when another calendar is meant, and without secrets. */
  readonly addressOf: (settings: TypeOf<C>) => string;
  /** Ready to be called; nothing is sent yet. */
  readonly connect: (settings: TypeOf<C>, resources: CalendarResources) => Promise<Calendar>;
  /** Whether its calendars lie in this node's data file, and can be subscribed to. */
  readonly builtIn?: boolean;
  /** The video room that comes with its events, by its name in an event type's locations. */
  readonly makesRoom?: string;
};

export const defineProvider = <C extends Mixed>(provider: CalendarProvider<C>): CalendarProvider<C> => provider;

/**
 * What every entry of `calendars` has. `label` is what people see. `whenDeleted`, `whenMoved`: what is to become of a booking
 * whose event a person deleted or moved there; `deletedGraceMs`: for how long that can be undone before anybody is told.
 */
export const entry = {
  id,
  label: line(100),
  whenDeleted: withDefault(oneOf<'cancel' | 'restore' | 'pending'>(['cancel', 'restore', 'pending']), 'cancel'),
  whenMoved: withDefault(oneOf<'follow' | 'restore' | 'ask'>(['follow', 'restore', 'ask']), 'follow'),
  deletedGraceMs: from('deletedGraceInSeconds', withDefault(seconds(0, 86_400), 120_000)),
};

/** Without user, password, query and fragment: any of them may be a secret. */
export const plainUrl = (text: string): string => {
  const url = URL.parse(text);
  return url === null ? '' : `${url.origin}${url.pathname}`;
};
