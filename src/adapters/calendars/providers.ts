import type { TypeOf } from 'io-ts';
import type { ConfiguredPlace } from '../../application/calendars/note-calendars.ts';
import type { Calendar } from '../../application/ports/calendar.ts';
import type { CalendarProviderName } from '../../domain/booking/events.ts';
import { variants } from '../../domain/decoding/codec.ts';
import type { Sources } from '../configuration/sources.ts';
import { caldavProvider } from './caldav/provider.ts';
import { googleProvider } from './google/provider.ts';
import { localProvider } from './local/provider.ts';
import type { CalendarResources } from './provider.ts';

/** Every kind of calendar, by its name in the configuration and in the log. */
export const calendarProviders = {
  local: localProvider,
  caldav: caldavProvider,
  google: googleProvider,
} satisfies { readonly [name in CalendarProviderName]: unknown };

type Providers = typeof calendarProviders;
type Codecs = { readonly [name in CalendarProviderName]: ReturnType<Providers[name]['settings']> };
type SettingsByName = { readonly [name in CalendarProviderName]: TypeOf<Codecs[name]> };
type SettingsOf<Name extends CalendarProviderName> = {
  [name in Name]: { readonly type: name } & SettingsByName[name];
}[Name];
export type CalendarSettings = SettingsByName[CalendarProviderName];

/** What is asked of the record of a configured calendar, so that TypeScript keeps name and settings together. */
type RecordsByName = {
  readonly [name in CalendarProviderName]: {
    readonly addressOf: (settings: SettingsOf<name>) => string;
    readonly connect: (settings: SettingsOf<name>, resources: CalendarResources) => Promise<Calendar>;
    readonly builtIn?: boolean;
  };
};
const records: RecordsByName = calendarProviders;

/** An entry of `calendars`, of whichever kind. */
export const calendarSettings = (sources: Sources) => {
  const codecs = Object.entries(calendarProviders).map(([name, { settings }]) => [name, settings(sources)]);
  // Name by name, as they came out of the record.
  return variants(Object.fromEntries(codecs) as Codecs);
};

/** A configured calendar, ready to be called; nothing is sent yet. */
export const connectCalendar = <Name extends CalendarProviderName>(
  settings: SettingsOf<Name>,
  resources: CalendarResources,
): Promise<Calendar> => records[settings.type].connect(settings, resources);

/** Where a configured calendar is, for its own stream in the log. */
export const placeOf = <Name extends CalendarProviderName>(settings: SettingsOf<Name>): ConfiguredPlace => ({
  id: settings.id,
  provider: settings.type,
  address: records[settings.type].addressOf(settings),
});

/** Whether a configured calendar lies in this node's data file, and can be subscribed to. */
export const isBuiltIn = ({ type }: CalendarSettings): boolean => records[type].builtIn === true;
