import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import type { Settings } from '../../src/adapters/configuration/load-configuration.ts';
import type { CalendarSettings } from '../../src/adapters/calendars/providers.ts';
import type { Configuration } from '../../src/adapters/configuration/configuration.ts';
import type { Calendar } from '../../src/application/ports/calendar.ts';
import type { Conferencing } from '../../src/application/ports/conferencing.ts';
import { secretOf } from '../../src/application/secret.ts';
import type { EventType } from '../../src/domain/bookable/event-type.ts';
import type { AcceptancePolicy, Host } from '../../src/domain/bookable/host.ts';
import { environmentOf } from './environment.ts';
import { ask, intro, odd } from './hosts.ts';

/** A key with all roles: what Odd and the operator send. */
export const HOUSE_KEY = 'house-key-of-the-scenarios';
export const WEBHOOK_SECRET = 'secret-of-the-subscriber';
const SUBSCRIBER = 'subscriber';

/** What is given before a scenario begins; whatever is not named is ordinary. */
export type Circumstances = {
  /** Calendars of Odd's that are connected past the configuration: scripted stand-ins, mostly. */
  readonly calendars?: ReadonlyArray<Calendar>;
  /** Calendars of Odd's as the configuration file names them. */
  readonly configured?: ReadonlyArray<CalendarSettings>;
  /** Which calendars Odd has, where that is not all that are connected. */
  readonly calendarIds?: ReadonlyArray<string>;
  readonly acceptance?: AcceptancePolicy;
  /** Take the place of the first event type, `intro`. */
  readonly intro?: Partial<EventType>;
  /** Working hours of Odd's that are not Monday to Friday, 09:00 to 17:00. */
  readonly weeklyHours?: Host['weeklyHours'];
  /** When the scenario begins, where the year matters; an instant. */
  readonly begins?: string;
  readonly conferencing?: ReadonlyArray<Conferencing>;
  readonly mail?: Configuration['mail'];
  /** Odd is taken out of the configuration; Eva, who is nobody's host yet, stays. */
  readonly withoutOdd?: boolean;
  readonly timings?: Partial<Configuration['timings']>;
  readonly retries?: Partial<Configuration['retries']>;
  /** What the subscriber asks for besides what becomes of a booking. */
  readonly moreTriggers?: ReadonlyArray<Configuration['webhooks'][number]['triggers'][number]>;
  /** Who runs the server, and is told of calendars that break. */
  readonly operator?: Configuration['operator'];
  /** Odd's zone, where it is not Oslo's. */
  readonly timeZone?: string;
};

const subscription = (url: string, { moreTriggers = [] }: Circumstances): Configuration['webhooks'][number] => ({
  id: SUBSCRIBER,
  url,
  secret: secretOf(WEBHOOK_SECRET),
  triggers: [
    'BOOKING_CREATED',
    'BOOKING_REQUESTED',
    'BOOKING_CANCELLED',
    'BOOKING_REJECTED',
    'BOOKING_CALENDAR_SYNC_FAILED',
    ...moreTriggers,
  ],
  hostIds: null,
  active: true,
});

const calendarIdsOf = ({ calendars = [], configured = [], calendarIds }: Circumstances): ReadonlyArray<string> =>
  calendarIds ?? [...calendars.map(({ calendarId }) => calendarId), ...configured.map(({ id }) => id)];

const eva: Host = {
  ...odd,
  id: 'eva',
  number: 2,
  username: 'eva',
  name: 'Eva',
  email: 'eva@example.com',
  calendarIds: [],
  eventTypes: [{ ...intro, id: 7 }],
};

const hostsOf = (circumstances: Circumstances): ReadonlyArray<Host> =>
  circumstances.withoutOdd === true
    ? [eva]
    : [
        {
          ...odd,
          calendarIds: calendarIdsOf(circumstances),
          acceptance: circumstances.acceptance ?? 'any-of',
          weeklyHours: circumstances.weeklyHours ?? odd.weeklyHours,
          timeZone: circumstances.timeZone ?? odd.timeZone,
          eventTypes: [{ ...intro, ...circumstances.intro }, ask],
        },
      ];

/** The settings of a server under these circumstances. `webhookUrl`: of a subscriber to everything there is. */
export const settingsFor = (circumstances: Circumstances, dataFolder: string, webhookUrl: string): Settings => ({
  environment: environmentOf(dataFolder, { apiKey: secretOf(HOUSE_KEY), allowPrivateAddresses: true }),
  configuration: {
    ...demoConfiguration,
    guestActions: 'open',
    publicUrl: 'https://book.example',
    hosts: hostsOf(circumstances),
    calendars: circumstances.configured ?? [],
    webhooks: [subscription(webhookUrl, circumstances)],
    mail: circumstances.mail ?? { type: 'folder', from: { name: 'Holdfast', address: 'holdfast@example.org' } },
    operator: circumstances.operator ?? null,
    timings: { ...demoConfiguration.timings, ...circumstances.timings },
    retries: { ...demoConfiguration.retries, ...circumstances.retries },
  },
});
