import * as t from 'io-ts';

/** The parts of the server's answers that the command line shows. Whatever else is there is passed on by `--json`. */

export const answerOf = <C extends t.Mixed>(data: C) => t.type({ data });

const calendarCodec = t.intersection([
  t.type({ calendarId: t.string, status: t.string }),
  t.partial({
    failure: t.type({ kind: t.string, message: t.string, retryAt: t.union([t.string, t.null]) }),
    upToDate: t.boolean,
    since: t.string,
    lastSeenAt: t.string,
  }),
]);

export const bookingCodec = t.intersection([
  t.type({
    uid: t.string,
    title: t.string,
    status: t.string,
    start: t.string,
    end: t.string,
    location: t.string,
    eventType: t.type({ slug: t.string }),
    attendees: t.array(t.type({ name: t.string, email: t.string })),
  }),
  t.partial({
    pendingReason: t.string,
    cancellationReason: t.string,
    guests: t.array(t.string),
    rescheduling: t.type({ status: t.string, start: t.string, end: t.string, by: t.string, until: t.string }),
    rescheduledFrom: t.type({ start: t.string, end: t.string }),
    calendars: t.array(calendarCodec),
    icsUid: t.string,
  }),
]);
export type Booking = t.TypeOf<typeof bookingCodec>;

export const bookingAnswer = answerOf(bookingCodec);
export const bookingsAnswer = t.intersection([
  answerOf(t.array(bookingCodec)),
  t.type({ pagination: t.type({ totalItems: t.number, remainingItems: t.number, hasNextPage: t.boolean }) }),
]);

const eventCodec = t.type({
  revision: t.number,
  type: t.string,
  occurredAt: t.string,
  text: t.string,
  actor: t.intersection([t.type({ kind: t.string }), t.partial({ id: t.string })]),
});
export type HistoryEvent = t.TypeOf<typeof eventCodec>;
export const eventsAnswer = answerOf(t.array(eventCodec));

export const slotsAnswer = answerOf(t.record(t.string, t.array(t.type({ start: t.string }))));

const parkedCodec = t.type({
  group: t.string,
  position: t.number,
  stream: t.string,
  type: t.string,
  attempts: t.number,
  reason: t.string,
  parkedAt: t.string,
});
const groupCodec = t.type({
  name: t.string,
  checkpoint: t.number,
  head: t.number,
  isRunning: t.boolean,
  retrying: t.number,
  parked: t.number,
});
export const consumersAnswer = answerOf(t.type({ groups: t.array(groupCodec), parked: t.array(parkedCodec) }));
export const replayAnswer = answerOf(t.type({ group: t.string, replayed: t.number }));

const attemptCodec = t.type({
  deliveryId: t.string,
  subscriptionId: t.string,
  bookingUid: t.string,
  trigger: t.string,
  attempt: t.number,
  at: t.string,
  outcome: t.intersection([t.type({ type: t.string }), t.partial({ status: t.number, message: t.string })]),
  nextTryAt: t.union([t.string, t.null]),
});
const notificationCodec = t.type({
  causedBy: t.string,
  channel: t.string,
  notification: t.string,
  recipient: t.string,
  state: t.string,
  plannedAt: t.string,
  settledAt: t.union([t.string, t.null]),
  detail: t.union([t.string, t.null]),
});
export const notificationsAnswer = answerOf(
  t.type({
    bookings: t.array(t.type({ bookingUid: t.string, notifications: t.array(notificationCodec) })),
    next: t.union([t.number, t.null]),
  }),
);

export const resentAnswer = answerOf(attemptCodec);
export const deliveriesAnswer = answerOf(
  t.type({ attempts: t.array(attemptCodec), next: t.union([t.number, t.null]) }),
);

const bookingsCodec = t.type({ count: t.number, uids: t.array(t.string) });
const troubleCodec = t.type({ task: t.string, kind: t.string, message: t.string, at: t.string, bookingUid: t.string });
const removalCodec = t.type({
  bookingUid: t.string,
  since: t.string,
  attempts: t.number,
  failure: t.union([t.type({ kind: t.string, message: t.string, retryAt: t.union([t.string, t.null]) }), t.null]),
});
const tryCodec = t.type({
  at: t.string,
  tookMs: t.number,
  tried: t.string,
  outcome: t.string,
  failure: t.union([t.type({ kind: t.string, message: t.string, why: t.string, todo: t.string }), t.null]),
});
const outageCodec = t.type({
  since: t.string,
  kind: t.string,
  message: t.string,
  toldAt: t.union([t.string, t.null]),
});
const healthCodec = t.type({
  id: t.string,
  label: t.string,
  kind: t.union([t.string, t.null]),
  configured: t.boolean,
  hosts: t.array(t.string),
  address: t.union([t.string, t.null]),
  addressSince: t.union([t.string, t.null]),
  lastSuccessAt: t.union([t.string, t.null]),
  lastFailure: t.union([troubleCodec, t.null]),
  failuresInRow: t.number,
  lastTry: t.union([tryCodec, t.null]),
  lastWatchedAt: t.union([t.string, t.null]),
  outage: t.union([outageCodec, t.null]),
  bookings: t.type({ held: bookingsCodec, missing: bookingsCodec, atOldAddress: bookingsCodec }),
  removals: t.type({ count: t.number, first: t.array(removalCodec), acknowledged: bookingsCodec }),
  unreadable: t.type({
    objects: t.array(t.type({ href: t.string, reason: t.string, start: t.string, end: t.string, since: t.string })),
    more: t.number,
  }),
});
export type CalendarStanding = t.TypeOf<typeof healthCodec>;
export const calendarsAnswer = answerOf(t.array(healthCodec));
export const calendarAnswer = answerOf(healthCodec);

export const unconfiguredAnswer = answerOf(
  t.array(t.type({ kind: t.string, id: t.string, bookings: bookingsCodec, removals: t.number })),
);

const listedKey = t.type({
  id: t.string,
  name: t.string,
  roles: t.array(t.string),
  hostId: t.union([t.string, t.null]),
  createdAt: t.string,
  revokedAt: t.union([t.string, t.null]),
});
export const keysAnswer = answerOf(t.type({ keys: t.array(listedKey) }));
export const madeKeyAnswer = answerOf(t.type({ id: t.string, roles: t.array(t.string), key: t.string }));
export const revokedKeyAnswer = answerOf(t.type({ id: t.string, revoked: t.literal(true) }));

export const reloadAnswer = answerOf(t.type({ lines: t.array(t.string), otherNodes: t.array(t.string) }));

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null]);
const differenceCodec = t.type({
  kind: t.string,
  bookingUid: orNull(t.string),
  calendarId: orNull(t.string),
  hostId: orNull(t.string),
  group: orNull(t.string),
  position: orNull(t.number),
  detail: t.string,
  command: t.string,
  canFix: t.boolean,
});
export type ListedDifference = t.TypeOf<typeof differenceCodec>;
export const lookAnswer = answerOf(
  t.type({ watched: t.number, found: t.number, failed: t.boolean, stopped: t.boolean }),
);

export const doctorAnswer = answerOf(
  t.type({
    done: t.number,
    total: t.number,
    what: t.string,
    differences: t.array(differenceCodec),
    notCompared: t.array(t.type({ calendarId: orNull(t.string), reason: t.string })),
  }),
);
export const settledAnswer = answerOf(t.type({ outcome: t.string, detail: t.string }));
