import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { CalendarChanges, CalendarPush, WantedChannel } from '../../../src/application/ports/calendar.ts';
import { makePushChannels } from '../../../src/application/watching/push-channels.ts';
import type { CalendarWatching } from '../../../src/application/watching/calendar-watching.ts';
import { watchCalendars } from '../../../src/application/watching/watch-calendars.ts';
import { type CalendarSighting, sightedAt } from '../../../src/application/watching/sightings.ts';
import { toInstant } from '../../../src/domain/time/time.ts';
import { channelTokens } from '../../../src/adapters/identity/channel-token.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import type { Seen } from '../../../src/domain/booking/watch-commands.ts';
import { command, epochMs, instant } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';
import { must, mustRun } from '../../support/must.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';

const MINUTE = 60_000;
export const asBooked: Seen = { type: 'at', start: instant('14:00'), end: instant('14:30') };
export const missing: Seen = { type: 'missing' };
const hrefOf = (uid: string): string => `/${uid}.ics`;
const outage = { kind: 'network', message: 'it is down' } as const;

/** A log with accepted bookings in one calendar, which answers as a test says, and nodes that watch it. */
export const given = async (count = 1) => {
  const clock = makeTestClock(epochMs('10:00:00'));
  const store = makeMemoryEventStore();
  const uids = Array.from({ length: count }, (_, index) => `booking${index}`);
  const context = (uid: string) => ({
    commandId: systemIdentity.newCommandId(),
    actor: { kind: 'system' } as const,
    correlationId: uid,
    causationId: null,
  });
  const buses = makeBookingBuses({ store, identity: systemIdentity, sharedLog: true });
  const put = async (uid: string, ...commands: ReadonlyArray<Parameters<typeof buses.bookings.execute>[1]>) => {
    for (const one of commands) must(await buses.bookings.execute(uid, one, context(uid))());
  };
  for (const uid of uids)
    await put(
      uid,
      command.request(),
      command.startSync('work'),
      command.recordSuccess('work', `/${uid}.ics`),
      command.accept(),
      command.recordConfirmation('work'),
    );
  const tokens = channelTokens(new Uint8Array(32).fill(7));
  const followers = new Set<CalendarWatching>();
  let followed = 0;
  /** Every node follows the log. */
  const follow = async (): Promise<void> => {
    const events = await mustRun(store.readAll(followed, 1_000));
    followed = events.at(-1)?.position ?? followed;
    for (const one of followers) one.seen(events);
  };
  const says = new Map<string, Seen | 'outage'>();
  let listing: (token: string | null) => E.Either<typeof outage, CalendarChanges> = () =>
    E.right({ token: 't', touched: [] });
  let versions: (id: string) => string | null | undefined = () => null;
  let asked = 0;
  let onLook = (): void => undefined;
  let areBookingsAway = false;
  let areCalendarsAway = false;
  let isListBehind = false;
  const isAway = (stream: string): boolean =>
    (areBookingsAway && stream.startsWith('booking-')) || (areCalendarsAway && stream.startsWith('calendar-'));
  const readings = {
    ...store,
    readStream: (...asked: Parameters<typeof store.readStream>) =>
      isAway(asked[0]) ? TE.left({ type: 'Unavailable', reason: 'it is away' } as const) : store.readStream(...asked),
    append: (...asked: Parameters<typeof store.append>) =>
      isAway(asked[0].stream)
        ? TE.left({ type: 'Unavailable', reason: 'it is away' } as const)
        : store.append(...asked),
  };
  const node = (name: string | null = null, told: { readonly address?: null; readonly refuses?: true } = {}) => {
    const problems: string[] = [];
    const seen = new Map<string, CalendarSighting>();
    const report = ({ reason }: { readonly reason: string }) => void problems.push(reason);
    const open = new Map<string, WantedChannel>();
    let [rounds, asks] = [0, 0];
    const push: CalendarPush = {
      open: (wanted) => async () => {
        asks += 1;
        if (told.refuses === true) return E.left({ kind: 'invalid-request', message: 'the domain is not verified' });
        open.set(wanted.id, wanted);
        return E.right({ id: wanted.id, resourceId: 'r', untilMs: wanted.untilMs });
      },
      close: (channel) => async () => E.right(open.delete(channel.id)),
    };
    const address = () => (told.address === null ? null : 'https://book.example/calendars/push');
    const channels = makePushChannels({ clock, identity: systemIdentity, report, address, tokens });
    const watching = watchCalendars({
      reader: { watchedBookings: () => async () => E.right(isListBehind ? [] : uids) },
      caughtUp: async () => !isListBehind,
      buses: makeBookingBuses({ store: readings, identity: systemIdentity, sharedLog: true }),
      calendars: new Map([
        [
          'work',
          {
            ...scriptedCalendar({ calendarId: 'work' }).calendar,
            watch: {
              push,
              versions: (ids) => async () => {
                const told = ids.map(versions);
                return told.some((one) => one === undefined) ? E.left(outage) : E.right(told.map((one) => one ?? null));
              },
              changes: (token) => async () => {
                rounds += 1;
                return listing(token);
              },
              look:
                ({ bookingUid }) =>
                async () => {
                  asked += 1;
                  onLook();
                  const said = says.get(bookingUid) ?? asBooked;
                  return said === 'outage' ? E.left(outage) : E.right(said);
                },
            },
          },
        ],
      ]),
      clock,
      identity: { ...systemIdentity, jitter: () => 0.375 },
      channels,
      leasing: name === null ? null : { node: name, leaseMs: 15_000 },
      sightings: {
        sighting: (id) => seen.get(id) ?? null,
        noteSighting: (id, sighting) => void seen.set(id, sighting),
      },
      report,
      policyOf: () => ({ deleted: 'cancel', moved: 'follow', graceMs: 2 * MINUTE }),
      everyMs: 5 * MINUTE,
      confirmMs: 30_000,
      limits: { bookings: 5, percent: 20 },
    });
    followers.add(watching);
    const seenAt = (uid: string): string | null => {
      const at = sightedAt(seen.get('work') ?? null, uid);
      return at === null ? null : toInstant(at);
    };
    return { watching, problems, seenAt, channels: () => [...open.values()], rounds: () => rounds, asks: () => asks };
  };
  const facts = async () =>
    (await mustRun(store.readAll(0, 1_000)))
      .map(({ type }) => type)
      .filter((type) => /^CalendarEvent(Missing|Moved|Changed|Verified)|Watch(Stopped|Resumed)/.test(type));
  return {
    clock,
    uids,
    says,
    put,
    node,
    follow,
    hints: async () =>
      (await mustRun(store.readAll(0, 1_000))).filter(({ type }) => type === 'CalendarWatchHinted').length,
    facts,
    asked: () => asked,
    touch: (...ids: ReadonlyArray<string>) => void (listing = () => E.right({ token: 't', touched: ids.map(hrefOf) })),
    /** A listing tells a change to whoever asks with a token of before, as a server does. */
    touchOnce: (...ids: ReadonlyArray<string>) =>
      void (listing = (token) => E.right({ token: 'after', touched: token === 'after' ? [] : ids.map(hrefOf) })),
    /** Called as each event is asked for. */
    onLook: (task: () => void) => void (onLook = task),
    calendarsAreAway: (away: boolean) => void (areCalendarsAway = away),
    /** The read model does not know the bookings yet. */
    listIsBehind: (behind: boolean) => void (isListBehind = behind),
    bookingsAreAway: (away: boolean) => void (areBookingsAway = away),
    /** A server without tokens: it tells versions of events, or (undefined) does not answer. */
    versionsAre: (of: (id: string) => string | null | undefined) => {
      listing = () => E.right({ token: null, touched: 'unknown' });
      versions = of;
    },
    listingFails: () => void (listing = () => E.left(outage)),
  };
};
export type World = Awaited<ReturnType<typeof given>>;

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Time goes by in steps of ten seconds, and what is due in each is done. */
export const pass = async ({ clock, follow }: World, minutes: number): Promise<void> => {
  for (let step = 0; step < minutes * 6; step += 1) {
    clock.advance(10_000);
    for (let turn = 0; turn < 20; turn += 1) await settled();
    await follow();
  }
};
