import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import type { Configuration } from '../../src/adapters/configuration/configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { temporaryFolder } from './data-file.ts';
import { environmentOf } from './environment.ts';
import { startEventStoreDbStandIn } from './eventstoredb/stand-in.ts';
import { scriptedCalendar } from './scripted-calendar.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

/** Of one type of event, or of all: what it comes to. `appends`: those that began with it. Bytes of data and metadata. */
export type Share = { readonly events: number; readonly appends: number; readonly bytes: number };

/** What `bookings` of them have cost the log: calls of the node, and what was written by category of stream and type of event. */
export type Footprint = {
  readonly bookings: number;
  readonly appends: number;
  readonly reads: number;
  readonly written: ReadonlyMap<string, Share>;
};

/**
 * `plain`: hosts without calendars, mails to a folder. `calendar`: each host has a calendar that takes everything (a
 * stand-in), and a subscriber is told by webhook too.
 */
export type World = 'plain' | 'calendar';

/** Bookings before those that are counted. */
const WARM_UP = 2;
const KEY = 'footprint-0123456789abcdef';
const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;
/** Milliseconds after the last answer until everybody has been told, at most. */
const PATIENCE_MS = 60_000;

const configurationOf = (world: World, connectionString: string, subscriber: string | null): Configuration => ({
  ...demoConfiguration,
  guestActions: 'open',
  store: {
    type: 'eventstoredb',
    connectionString: secretOf(connectionString),
    caFile: null,
    streamPrefix: 'holdfast-',
    startWaitMs: 10_000,
  },
  calendars: [],
  hosts: demoConfiguration.hosts.map((host) => ({
    ...host,
    calendarIds: world === 'calendar' ? ['work'] : [],
    weeklyHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
    eventTypes: host.eventTypes.map((type) => ({ ...type, bookingWindow: { type: 'unlimited' } })),
  })),
  webhooks:
    subscriber === null
      ? []
      : [{ id: 'crm', url: subscriber, secret: null, triggers: ['BOOKING_CREATED'], hostIds: null, active: true }],
});

/** A stream's category; `installation` is what nodes tell each other. */
const categoryOf = (stream: string): string => stream.replace(/^holdfast-/, '').split('-')[0] ?? '';

/**
 * Makes bookings on one node over the EventStoreDB stand-in and counts what they cost the log, until everybody has been
 * told. `inFlight`: requests at a time.
 */
export const measureFootprint = async (world: World, bookings: number, inFlight: number): Promise<Footprint> => {
  const standIn = await startEventStoreDbStandIn();
  const folder = await temporaryFolder();
  const receiver = world === 'calendar' ? await startWebhookReceiver() : null;
  const environment = environmentOf(folder.path, { apiKey: secretOf(KEY), node: 'one', allowPrivateAddresses: true });
  const configuration = configurationOf(world, standIn.connectionString, receiver?.url ?? null);
  const calendars = new Map([['work', scriptedCalendar({ calendarId: 'work' }).calendar]]);
  const started = await startServer({ configuration, environment }, makeLog('silent'), { calendars })();
  if (started._tag === 'Left') throw new Error(JSON.stringify(started.left));
  const server = started.right;

  const written = new Map<string, Share>();
  const add = (name: string, appends: number, bytes: number): void => {
    const before = written.get(name) ?? { events: 0, appends: 0, bytes: 0 };
    written.set(name, {
      events: before.events + 1,
      appends: before.appends + appends,
      bytes: before.bytes + bytes,
    });
  };
  const seenOf = () => ({ reads: standIn.faults.seen('read'), appends: standIn.faults.seen('append') });
  const forget = standIn.database.log.onCommit((events) => {
    for (const [index, event] of events.entries()) {
      const [appends, bytes] = [index === 0 ? 1 : 0, event.data.length + event.metadata.length];
      add(categoryOf(event.stream), appends, bytes);
      add(`  ${event.type}`, appends, bytes);
    }
  });

  let first = (Math.floor(Temporal.Now.instant().epochMilliseconds / DAY_MS) + 2) * DAY_MS;
  const book = async (index: number): Promise<void> => {
    const start = Temporal.Instant.fromEpochMilliseconds(first + index * HALF_HOUR_MS).toString();
    const attendee = { name: 'Ada Lovelace', email: 'ada.lovelace@example.com', timeZone: 'Europe/London' };
    const answer = await fetch(`${server.url}/v2/bookings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cal-api-version': '2024-08-13', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ eventTypeId: 1, start, attendee }),
    });
    const body = await answer.text();
    if (answer.status !== 201 || !body.includes('"status":"accepted"')) throw new Error(`${answer.status} ${body}`);
  };
  /** The host, the guest, and the subscriber. Asks nobody: waiting for the server to be idle would be counted too. */
  const untilTold = async (booked: number): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS;
    const wanted: ReadonlyArray<readonly [string, number]> = [
      ['  NotificationSent', booked * (receiver === null ? 2 : 3)],
      ['  SlotConfirmed', booked],
      ['  CalendarEventConfirmed', world === 'calendar' ? booked : 0],
    ];
    while (wanted.some(([type, count]) => (written.get(type)?.events ?? 0) < count)) {
      if (performance.now() > deadline) throw new Error('not all was done in time');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  let next = 0;
  const bookUpTo = async (count: number, atOnce: number): Promise<void> => {
    const oneAfterAnother = async (): Promise<void> => {
      while (next < count) {
        next += 1;
        await book(next);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, oneAfterAnother));
    await untilTold(count);
  };
  try {
    // What is loaded with the first mail and the first webhook takes its time, and is no part of a booking.
    await bookUpTo(WARM_UP, 1);
    await server.idle();
    const seen = seenOf();
    written.clear();
    next = 0;
    first += WARM_UP * HALF_HOUR_MS;
    await bookUpTo(bookings, inFlight);
    return {
      bookings,
      appends: seenOf().appends - seen.appends,
      reads: seenOf().reads - seen.reads,
      written,
    };
  } finally {
    forget();
    await server.stop();
    await standIn.close();
    await receiver?.close();
    await folder.remove();
  }
};
