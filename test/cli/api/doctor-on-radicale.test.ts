import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/domain/log/envelope.ts';
import { rawRequest } from '../../support/caldav-server.ts';
import { put as putAtGoogle } from '../../support/google-stand-in/calendar-state.ts';
import { at, httpClient } from '../../support/http-client.ts';
import { readLog } from '../../support/log-checks.ts';
import { type Booked, doctorWorld, writePast } from './doctor-world.helper.ts';

/** The same hold, 91 days later. */
const nextQuarter = (hold: JsonObject): JsonObject => {
  const moved = (of: Json) =>
    Temporal.Instant.from(String(of))
      .add({ hours: 91 * 24 })
      .toString();
  const claim = { start: moved(at(hold, 'claim', 'start')), end: moved(at(hold, 'claim', 'end')) };
  return { ...hold, start: moved(hold.start ?? ''), end: moved(hold.end ?? ''), claim };
};

type Found = Readonly<Record<'kind' | 'bookingUid' | 'calendarId' | 'outcome', string>>;
const differencesIn = (said: Json): ReadonlyArray<Found> => {
  const differences = at(said, 'differences');
  if (!Array.isArray(differences)) throw new Error('this lists nothing');
  return differences.map((one: Json) => ({
    kind: String(at(one, 'kind')),
    bookingUid: String(at(one, 'bookingUid')),
    calendarId: String(at(one, 'calendarId')),
    outcome: String(at(one, 'outcome') ?? 'left'),
  }));
};
const ICS = { 'content-type': 'text/calendar' };

it('doctor finds every kind on a real server, --fix settles what can be, by commands that the log keeps', async () => {
  const world = await doctorWorld();
  const { radicale, work, google, smtp, path, hrefOf, collection, cli } = world;
  const accepted = async () => {
    const booked = await world.book();
    expect(booked.status).toBe('accepted');
    return booked;
  };
  const booked = await Promise.all(Array.from({ length: 11 }, accepted));
  const [deleted, moved, longer, cancelledThere, copied, gone, elsewhere, first, second, slotless, removed] =
    booked as [Booked, Booked, Booked, Booked, Booked, Booked, Booked, Booked, Booked, Booked, Booked];
  await world.idle();
  smtp.next({ at: 'rcpt', reply: 550 });
  const parked = await accepted();
  await world.idle();

  await world.behindItsBack(async () => {
    const claimOf = (uid: string) =>
      readLog(path).find(({ type, data }) => type === 'SlotHeld' && at(data, 'bookingUid') === uid)?.data as JsonObject;
    await writePast(path, 'schedule-odd', [
      { type: 'SlotReleased', data: { bookingUid: slotless.uid, reason: 'cancelled' } },
      { type: 'SlotReleased', data: { bookingUid: second.uid, reason: 'cancelled' } },
      { type: 'SlotHeld', data: { ...claimOf(first.uid), bookingUid: second.uid } },
      { type: 'SlotHeld', data: { ...nextQuarter(claimOf(slotless.uid)), bookingUid: 'ghost', icsUid: 'ghost' } },
    ]);
  });

  work.box.faults((method) => (method === 'DELETE' ? 403 : 'pass'));
  await cli('booking', 'cancel', removed.uid);
  await world.idle();
  work.box.faults((method) => (method === 'PUT' ? 'lose-answer' : 'pass'));
  const unanswered = await world.book();
  expect(unanswered.status).toBe('pending');
  work.box.faults(() => 'pass');
  await world.watched();

  const textOf = async (icsUid: string) => (await rawRequest(radicale, 'GET', hrefOf(icsUid))).body;
  const write = async (href: string, text: string) => {
    expect((await rawRequest(radicale, 'PUT', href, text, ICS)).status).toBeLessThan(300);
  };
  const hour = (of: RegExp, add: number) => (text: string) =>
    text.replaceAll(of, (_, head: string, digits: string) => `${head}${String(Number(digits) + add).padStart(2, '0')}`);
  await rawRequest(radicale, 'DELETE', hrefOf(deleted.icsUid));
  await write(hrefOf(moved.icsUid), hour(/(DT(?:START|END)[^:]*:\d{8}T)(\d\d)/g, 2)(await textOf(moved.icsUid)));
  await write(hrefOf(longer.icsUid), hour(/(DTEND[^:]*:\d{8}T)(\d\d)/g, 1)(await textOf(longer.icsUid)));
  const shown = (await textOf(cancelledThere.icsUid)).replace('STATUS:CONFIRMED', 'STATUS:CANCELLED');
  await write(hrefOf(cancelledThere.icsUid), shown);
  const copy = (await textOf(copied.icsUid)).replace(/UID:[^\r\n]*/, 'UID:a-copy@example.com');
  await write(`${collection}copy.ics`, copy);
  const orphan = copy.replace('UID:a-copy', 'UID:an-orphan').replaceAll(copied.uid, 'nobodys');
  await write(`${collection}orphan.ics`, orphan);
  const events = [...google.primary.events.values()];
  const atGoogle = (uid: string) => {
    const event = events.find((one) => JSON.stringify(one.extendedProperties ?? {}).includes(uid));
    if (event === undefined) throw new Error(`no event of ${uid} at Google`);
    return event;
  };
  putAtGoogle(google.primary, { ...atGoogle(gone.uid), status: 'cancelled' });
  const dragged = atGoogle(elsewhere.uid);
  const [from, until] = [dragged.start?.dateTime, dragged.end?.dateTime].map((one) =>
    Temporal.Instant.from(String(one)).add({ hours: 1 }).toString(),
  );
  putAtGoogle(google.primary, { ...dragged, start: { dateTime: from ?? '' }, end: { dateTime: until ?? '' } });

  const examined = await cli('doctor', '--json');
  const named = ({ kind, bookingUid, calendarId }: Found) => `${kind} ${bookingUid} ${calendarId}`;
  expect(differencesIn(examined.said()).map(named).toSorted()).toEqual(
    [
      `missing ${deleted.uid} work`,
      `wrong-time ${moved.uid} work`,
      `wrong-time ${longer.uid} work`,
      `shown-as-cancelled ${cancelledThere.uid} work`,
      `two-events ${copied.uid} work`,
      `orphan nobodys work`,
      `orphan ${removed.uid} work`,
      `unknown-outcome ${unanswered.uid} work`,
      `missing ${gone.uid} google_odd`,
      `wrong-time ${elsewhere.uid} google_odd`,
      `parked null null`,
      `overlap ${second.uid} null`,
      `slot-without-booking ghost null`,
      `booking-without-slot ${slotless.uid} null`,
      `booking-without-slot ${second.uid} null`,
    ].toSorted(),
  );
  expect([examined.code, at(examined.said(), 'notCompared')]).toEqual([1, []]);
  // Nobody watches: the bar becomes lines.
  expect(examined.stderr).toContain('comparing: 100 %');

  const settled = await cli('doctor', '--fix', '--json');
  const outcomes = differencesIn(settled.said()).map((one) => `${named(one)}: ${one.outcome}`);
  const byHand = [`two-events ${copied.uid}`, 'orphan nobodys', `overlap ${second.uid}`, `without-slot ${second.uid}`];
  expect(outcomes.filter((one) => !one.endsWith(': settled')).toSorted()).toEqual(
    outcomes.filter((one) => byHand.some((left) => one.includes(left))).toSorted(),
  );
  expect([settled.code, outcomes.length]).toEqual([1, 15]);
  await world.idle();

  // What only a person can settle, by the commands that are named.
  for (const name of ['copy', 'orphan']) await rawRequest(radicale, 'DELETE', `${collection}${name}.ics`);
  expect((await cli('booking', 'cancel', second.uid)).code).toBe(0);
  await world.idle();
  const again = await cli('doctor');
  expect([again.code, again.stdout]).toEqual([0, 'log, calendars and notifications agree\n']);

  // Who settled what is in the log, and everybody reads the same again.
  const log = readLog(path);
  const byOperator = log
    .filter(({ actor }) => actor.kind === 'operator' && actor.id !== '')
    .map(({ stream, type }) => `${stream} ${type}`);
  const factOf = {
    [deleted.uid]: 'Missing',
    [moved.uid]: 'Moved',
    [longer.uid]: 'Moved',
    [cancelledThere.uid]: 'Changed',
    [gone.uid]: 'Missing',
    [elsewhere.uid]: 'Moved',
  };
  expect(byOperator.toSorted()).toEqual(
    [
      ...Object.entries(factOf).flatMap(([uid, fact]) => [
        `booking-${uid} CalendarEvent${fact}`,
        `booking-${uid} CalendarEventRestoreRequested`,
      ]),
      `booking-${removed.uid} CalendarRetryRequested`,
      `booking-${unanswered.uid} CalendarRetryRequested`,
      'booking-ghost RequestAbandoned',
      'schedule-odd SlotReleased',
      'schedule-odd SlotHeld',
      'schedule-odd SlotConfirmed',
    ].toSorted(),
  );
  for (const { uid } of [deleted, moved, longer, cancelledThere, gone, elsewhere, copied, unanswered, slotless, parked])
    expect(at((await httpClient(world.url()).get(`/v2/bookings/${uid}`)).body, 'data', 'status')).toBe('accepted');
  const told = (uid: string) => smtp.received.filter(({ raw }) => raw.toString().includes(uid)).length;
  expect(told(parked.icsUid)).toBe(2);
});
