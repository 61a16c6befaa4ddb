import { usualConfirmation } from '../../../src/domain/bookable/confirmation-policy.ts';
import type * as E from 'fp-ts/lib/Either.js';
import {
  approveBooking,
  cancelBooking,
  type ChangedBooking,
  rejectBooking,
} from '../../../src/application/commands/change-booking.ts';
import { requestBooking } from '../../../src/application/commands/request-booking.ts';
import type { StoreError } from '../../../src/application/ports/event-store.ts';
import type { EventType } from '../../../src/domain/bookable/event-type.ts';
import type { Host } from '../../../src/domain/bookable/host.ts';
import { toInstant } from '../../../src/domain/time/time.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import type { Acknowledged } from '../../support/log-checks-outside.ts';
import { settingsFor } from '../../support/scenario-configuration.ts';
import type { Node, Nodes } from './nodes.ts';

/** Of the subscriber to everything, in `settingsFor`. */
export const SUBSCRIPTION = 'subscriber';

/** One reminder, after 20 minutes. */
const askingOnce = { ...usualConfirmation, remindHostAfter: [20] };

/** Hosts who work day and night, each with the calendar of that name. Event type 1 of each needs no approval, 2 does. */
export const hostsWith = (calendarIds: ReadonlyArray<string>): ReadonlyArray<Host> =>
  calendarIds.map((id, index) => ({
    ...odd,
    id: `host${index + 1}`,
    number: index + 1,
    username: `host${index + 1}`,
    email: `host${index + 1}@example.com`,
    weeklyHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
    calendarIds: [id],
    eventTypes: [
      { ...intro, id: 10 * index + 1 },
      { ...ask, id: 10 * index + 2, requiresConfirmation: false, confirmationPolicy: askingOnce },
    ],
  }));

const { configuration } = settingsFor(
  { moreTriggers: ['BOOKING_UPDATED', 'BOOKING_RESCHEDULED', 'BOOKING_RESCHEDULE_FAILED'] },
  '/unused',
  'http://subscriber.example/',
);

/** Many edits at once are to be believed: that a wave stops the watching has tests of its own. */
export const configurationFor = (calendarIds: ReadonlyArray<string>) => ({
  ...configuration,
  hosts: hostsWith(calendarIds),
  limits: { ...configuration.limits, mostDifferences: 10_000, mostDifferencesPercent: 100 },
});

/** Marks in what a guest types, found nowhere else. */
export const TYPED = 'zyx';

const contextOf = (commandId: string) =>
  ({ commandId, actor: { kind: 'guest' }, correlationId: commandId, causationId: null }) as const;

const NOT_NOTED = /^its host is not told that it cannot be read: (?:Unavailable|OutcomeUnknown)$/;

type Wanted = { readonly uid: string; readonly host: Host; readonly eventType: EventType; readonly start: number };

/** Books through one node: what the HTTP layer does, without waiting for a decision. */
export const bookThrough = (
  { engine, store, clock }: Node,
  { identity }: Nodes,
  { uid, host, eventType, start }: Wanted,
) =>
  requestBooking({
    store,
    buses: engine.buses,
    calendars: engine.calendars,
    clock,
    identity,
    timings: { settleWindowMs: 3_000, syncDeadlineMs: 86_400_000 },
    report: ({ where, reason }) => {
      // The log may be away at just this moment: then that is said, and the next refusal is noted.
      if (!NOT_NOTED.test(reason)) throw new Error(`${where}: ${reason}`);
    },
  })(
    {
      uid,
      repeatable: true,
      fingerprint: `${uid} ${start}`,
      host,
      eventType,
      start,
      lengthInMinutes: 30,
      attendee: {
        name: `${TYPED} name`,
        email: `${TYPED}@example.org`,
        timeZone: 'Asia/Tokyo',
        language: 'en',
        phoneNumber: null,
      },
      guests: [],
      location: { type: 'none' },
      responses: { note: TYPED },
      metadata: {},
      invitesOnceVerified: false,
    },
    contextOf(identity.newCommandId()),
    new AbortController().signal,
  )();

export type Change = 'cancel' | 'confirm' | 'decline';

export const changeThrough = (
  { engine, clock }: Node,
  { identity }: Nodes,
  change: Change,
  uid: string,
): Promise<E.Either<StoreError | { readonly type: 'Refused' }, ChangedBooking>> => {
  const deps = { buses: engine.buses, clock, identity };
  const context = contextOf(identity.newCommandId());
  switch (change) {
    case 'cancel':
      return cancelBooking(deps)({ by: 'guest', reason: TYPED, cancellable: true, hostMustGiveReason: false })(
        uid,
        context,
      )();
    case 'confirm':
      return approveBooking(deps)(uid, context)();
    case 'decline':
      return rejectBooking(deps)(TYPED)(uid, context)();
  }
};

/** What a guest was told with 2xx. */
export const acknowledged = (
  what: Acknowledged['what'],
  uid: string,
  start: number,
  { booking, position }: Pick<ChangedBooking, 'booking' | 'position'>,
): Acknowledged => ({
  what,
  key: uid,
  uid,
  start: toInstant(start),
  status: booking.phase === 'expired' ? 'rejected' : booking.phase,
  position,
});
