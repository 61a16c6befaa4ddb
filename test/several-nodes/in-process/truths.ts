import * as E from 'fp-ts/lib/Either.js';
import { bookingAggregate } from '../../../src/application/commands/aggregate.ts';
import { statusOf as domainStatusOf } from '../../../src/domain/booking/booking-status.ts';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { intervalOf, overlaps, type Interval } from '../../../src/domain/time/time.ts';
import { at } from '../../support/http-client.ts';
import {
  audited,
  bookingsIn,
  checkLog,
  type Log,
  statusOf,
  textOf,
  type Violations,
} from '../../support/log-checks.ts';
import { wrongInMails, wrongInWebhooks } from '../../support/log-checks-messages.ts';
import {
  type Acknowledged,
  lostOrMisstated,
  wrongEvents as wrongTimes,
  wrongInCalendars,
  wrongRepeats,
} from '../../support/log-checks-outside.ts';
import { unfinished } from '../../support/log-checks-quiet.ts';
import { SUBSCRIPTION, TYPED } from './guests.ts';
import type { Nodes } from './nodes.ts';
import type { Came } from './outside.ts';

/** Milliseconds in which a node that has sent something writes down that it has. */
const WRITTEN_MS = 25_000;

/** Each message came once, but where the node that had sent it was killed before its outcome was written. */
const cameTwice = ({ killed }: Nodes, what: string, came: ReadonlyArray<Came<unknown>>): Violations =>
  [...Map.groupBy(came, ({ id }) => id)].flatMap(([id, copies]) => {
    const unexcused = copies.slice(0, -1).filter(({ at: sentAt, from }) => {
      const killedAt = killed.get(from.run);
      return killedAt === undefined || killedAt - sentAt > WRITTEN_MS;
    });
    return unexcused.length === 0 ? [] : [`${what} ${id} came ${copies.length} times`];
  });

/** I9: after each event the domain's fold says what the names of the events say. */
const wrongFolds = (log: Log): Violations =>
  bookingsIn(log).flatMap(({ uid, events }) => {
    const fold = bookingAggregate.beginFold(bookingAggregate.initial);
    return events.flatMap((event, index) => {
      const decoded = bookingAggregate.decode(event);
      if (E.isLeft(decoded)) return [`${uid}: ${event.type} cannot be decoded`];
      fold.add([decoded.right]);
      const state = fold.state();
      const is = state.phase === 'none' ? 'none' : domainStatusOf(state);
      const told = statusOf(events.slice(0, index + 1));
      return is === told ? [] : [`${uid}: ${is} after ${event.type}, not ${told}`];
    });
  });

const withoutPersonal = ({ data: { personal: _, ...data }, ...event }: RecordedEvent): string =>
  JSON.stringify({ ...event, data });

/** I12: what people typed is in fields that are marked. */
const unmarked = (log: Log): Violations =>
  log.flatMap((event) =>
    withoutPersonal(event).includes(TYPED) ? [`${event.stream}: ${event.type} says what was typed`] : [],
  );

/** I10: what was in the calendars before is booked over by nobody, however badly they are read. */
const bookedOver = (log: Log, taken: Interval): Violations =>
  log.flatMap(({ type, stream, data }) => {
    if (type !== 'SlotHeld') return [];
    const claim = { start: textOf(at(data, 'claim', 'start')), end: textOf(at(data, 'claim', 'end')) };
    return overlaps(intervalOf(claim), taken) ? [`${stream}: booked over what the calendar held`] : [];
  });

/** I3 and I1: what the calendars hold now, and that they say of each event what is so. */
const wrongEvents = ({ calendars }: Nodes, log: Log): Violations => {
  const held = [...calendars].map(([id, calendar]) => [id, calendar.events()] as const);
  return [
    ...wrongInCalendars(log, new Map(held.map(([id, events]) => [id, events.map(({ icsUid }) => icsUid)]))),
    ...held.flatMap(([id, events]) =>
      events
        .filter(({ status }) => status !== 'confirmed')
        .map(({ icsUid, status }) => `${id}: ${icsUid} is ${status}`),
    ),
    ...wrongTimes(
      log,
      new Map(
        held.map(([id, events]) => [
          id,
          events.map(({ icsUid, start, location, attendees }) => ({
            uid: icsUid,
            start: Temporal.Instant.from(start).epochMilliseconds,
            location,
            attendees: attendees.map(({ email }) => email),
          })),
        ]),
      ),
      [],
    ),
  ];
};

/** Everything of I1 to I6, I8 to I10 and I12 that does not hold once all has come to rest, and everything that came twice. */
export const everythingWrong = async (
  nodes: Nodes,
  told: ReadonlyArray<Acknowledged>,
  taken: Interval,
): Promise<Violations> => {
  const log = await nodes.log();
  return [
    ...unfinished(log, SUBSCRIPTION).map((open) => `unfinished: ${open}`),
    ...checkLog(log),
    ...audited(log),
    ...wrongFolds(log),
    ...unmarked(log),
    ...bookedOver(log, taken),
    ...wrongEvents(nodes, log),
    ...wrongInMails(
      log,
      nodes.mails.map(({ what }) => what),
    ),
    ...wrongInWebhooks(
      log,
      nodes.webhooks.map(({ what }) => what),
    ),
    ...cameTwice(nodes, 'the mail', nodes.mails),
    ...cameTwice(nodes, 'the webhook', nodes.webhooks),
    ...lostOrMisstated(log, told),
    ...wrongRepeats(told),
  ];
};
