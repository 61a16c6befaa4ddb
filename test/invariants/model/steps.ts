import * as fc from 'fast-check';
import {
  acknowledgeRemoval,
  approveBooking,
  cancelBooking,
  markAbsent,
  rejectBooking,
  retryBooking,
} from '../../../src/application/commands/change-booking.ts';
import type { BookingRequest } from '../../../src/application/commands/booking-request.ts';
import { failureKindCodec } from '../../../src/domain/calendar/calendar-failure.ts';
import { epochMs, requestData } from '../../../src/testing/index.ts';
import { contextOf } from '../../application/process.helper.ts';
import { mustRun } from '../../support/must.ts';
import type { Answer } from './calendar-model.ts';
import { fireTimers } from './carry-out.ts';
import { changeOfDetails } from './detail-steps.ts';
import { move, moveAgain } from './moves.ts';
import { acknowledged, at, late, slots, Step, type Story } from './step.ts';
import { eventTypes, hosts, kill, quiet, tell } from './world.ts';

/** Asks, and checks that the same request made again is the same booking (I5). */
const ask = async (story: Story, request: BookingRequest): Promise<void> => {
  const { world } = story;
  const stream = `booking-${request.uid}`;
  const before = await mustRun(world.store.readStream(stream));
  const answer = world.program.request(request, contextOf(`request ${request.uid}`), new AbortController().signal)();
  const { outcome } = acknowledged(story, request.uid, answer);
  await quiet(world);
  await outcome();
  const after = await mustRun(world.store.readStream(stream));
  if (before.length > 0 && after.length > before.length)
    throw new Error(`I5 is broken for ${request.uid}: asking again wrote ${after.at(-1)?.type}`);
};

const book = fc
  .record({ host: fc.nat(2), type: fc.nat(2), slot: fc.nat(3), late })
  .map(({ host: h, type, slot, late: hints }) => {
    const [host, eventType, start] = [at(hosts, h), at(eventTypes, type), at(slots, slot)];
    if (host === undefined || eventType === undefined || start === undefined) throw new Error('no such pick');
    return new Step(`book ${start} of ${host.id} (${eventType.slug})`, hints, (story) => {
      const uid = `b${story.asked.length + 1}`;
      const request: BookingRequest = {
        ...{ uid, fingerprint: uid },
        repeatable: true,
        host,
        eventType,
        start: epochMs(start),
        lengthInMinutes: 30,
        attendee: requestData().personal.attendee,
        guests: ['ola@example.com'],
        location: { type: 'none' },
        responses: {},
        metadata: {},
        invitesOnceVerified: false,
      };
      story.asked.push(request);
      return ask(story, request);
    });
  });

const bookAgain = fc.record({ pick: fc.nat(20), late }).map(
  ({ pick, late: hints }) =>
    new Step(`the same request again (${pick})`, hints, async (story) => {
      const request = at(story.asked, pick);
      if (request !== undefined) await ask(story, request);
    }),
);

type ByPeople =
  | 'approve'
  | 'decline'
  | 'cancel'
  | 'cancel by host'
  | 'retry'
  | 'acknowledge'
  | 'mark the guest absent'
  | 'mark nobody absent';

const changeOf = ({ world }: Story, what: ByPeople) => {
  const { deps } = world.program;
  const cancel = (by: 'guest' | 'host') =>
    cancelBooking(deps)({ by, reason: null, cancellable: true, hostMustGiveReason: false });
  switch (what) {
    case 'approve':
      return approveBooking(deps);
    case 'decline':
      return rejectBooking(deps)(null);
    case 'cancel':
      return cancel('guest');
    case 'cancel by host':
      return cancel('host');
    case 'retry':
      return retryBooking(deps);
    case 'acknowledge':
      return acknowledgeRemoval(deps)('work');
    case 'mark the guest absent':
    case 'mark nobody absent': {
      const isAbsent = what === 'mark the guest absent';
      const { email } = requestData().personal.attendee;
      return markAbsent(deps)({ host: isAbsent ? null : false, attendees: [{ email, absent: isAbsent }] });
    }
  }
};

/** `times`: at the same moment. */
const change = fc
  .record({
    what: fc.constantFrom<ByPeople>(
      'approve',
      'approve',
      'decline',
      'cancel',
      'cancel',
      'cancel by host',
      'retry',
      'acknowledge',
      'mark the guest absent',
      'mark nobody absent',
    ),
    pick: fc.nat(20),
    times: fc.constantFrom(1, 1, 2),
    late,
  })
  .map(
    ({ what, pick, times, late: hints }) =>
      new Step(`${what} booking ${pick}${times > 1 ? ', twice at once' : ''}`, hints, async (story) => {
        const uid = at([...story.seen.bookings.keys()], pick);
        if (uid === undefined) return;
        const told = Array.from({ length: times }, (_, index) =>
          acknowledged(story, uid, changeOf(story, what)(uid, contextOf(`${what} ${uid} ${story.count} ${index}`))()),
        );
        await quiet(story.world);
        for (const one of told) await one.outcome();
      }),
  );

/** What a calendar may answer; `no-credential` is what we say of one that is not connected. */
const kinds = Object.keys(failureKindCodec.keys)
  .filter(failureKindCodec.is)
  .filter((kind) => kind !== 'no-credential');
const answers: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Answer>('done') },
  { weight: 3, arbitrary: fc.constantFrom<Answer>('no-id', 'stored', 'lost', 'unsent') },
  { weight: 2, arbitrary: fc.constantFrom<Answer>(...kinds) },
);

const answer = fc
  .record({ pick: fc.nat(20), answer: answers, late })
  .map(
    ({ pick, answer: said, late: hints }) =>
      new Step(`answer call ${pick}: ${said}`, hints, ({ world }) => at(world.pending, pick)?.answer(said)),
  );

const passed = [1, 999, 3_000, 5_000, 60_000, 15 * 60_000, 3_600_000, 3 * 3_600_000];
const pass = fc
  .record({ ms: fc.constantFrom(...passed), late })
  .map(({ ms, late: hints }) => new Step(`${ms} ms pass`, hints, ({ world }) => world.clock.advance(ms)));

const timers = fc
  .record({ times: fc.constantFrom(1, 2), late })
  .map(
    ({ times, late: hints }) =>
      new Step(`timers fire${times > 1 ? ', on two nodes at once' : ''}`, hints, ({ world, seen }) =>
        fireTimers(world, seen, times),
      ),
  );

const die = fc
  .nat(255)
  .map(
    (mask) =>
      new Step(`kill and start (${mask.toString(2)} arrive)`, false, ({ world }) =>
        kill(world, (index) => ((mask >> (index % 8)) & 1) === 1),
      ),
  );

const logFault = fc
  .constantFrom('lost' as const, 'refused' as const)
  .map((fault) => new Step(`the next append: ${fault}`, true, ({ world }) => void world.storeFaults.push(fault)));

const mail = fc.array(fc.constantFrom('try-later' as const, 'refused' as const, 'lost' as const), { maxLength: 2 }).map(
  (plan) =>
    new Step(`mails go out${plan.length === 0 ? '' : `, first ${plan.join(', ')}`}`, true, async ({ world }) => {
      world.mailPlan.push(...plan);
      await Promise.race([tell(world), quiet(world)]);
      await quiet(world);
      world.mailPlan.length = 0;
    }),
);

const byHand = fc
  .record({ calendar: fc.nat(3), pick: fc.nat(20), slot: fc.nat(3), what: fc.constantFrom('takes out', 'enters') })
  .map(
    ({ calendar, pick, slot, what }) =>
      new Step(`a person ${what} an event (${calendar}, ${pick})`, false, ({ world }) => {
        const model = at([...world.calendars.values()], calendar);
        if (model === undefined) return;
        const start = epochMs(at(slots, slot) ?? '13:00');
        if (what === 'enters') return void model.foreign.push({ start, end: start + 60_000 });
        const uid = at([...model.events.keys()], pick);
        if (uid === undefined) return;
        model.events.delete(uid);
        model.takenOut.add(uid);
      }),
  );

/** Everything that can happen, as often as it is worth. */
export const stepKinds: Array<fc.Arbitrary<Step>> = [
  book,
  book,
  bookAgain,
  change,
  change,
  move,
  move,
  moveAgain,
  changeOfDetails,
  changeOfDetails,
  timers,
  answer,
  answer,
  answer,
  answer,
  answer,
  pass,
  die,
  logFault,
  mail,
  byHand,
];
