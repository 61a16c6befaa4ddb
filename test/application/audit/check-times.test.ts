import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import { makeLogVerifier } from '../../../src/application/audit/log-verifier.ts';
import { type DomainEvent, newestVersion } from '../../../src/domain/log/decode.ts';
import type { JsonObject } from '../../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../../src/domain/log/hash-chain.ts';
import * as say from '../../../src/testing/index.ts';

const { requested, started, succeeded, accepted, cancelled, slotHeld, slotReleased } = say;

/** An event of a log. `who`: the kind of its actor. */
type Line = readonly [stream: string, event: DomainEvent, who?: 'operator' | 'system'];
type Log = ReadonlyArray<Line>;

const odd = 'schedule-odd';
const of = (uid: string, ...events: ReadonlyArray<DomainEvent>): Log =>
  events.map((event) => [`booking-${uid}`, event] as const);
const slots = (...events: ReadonlyArray<DomainEvent>): Log => events.map((event) => [odd, event] as const);

/** A booking of 14:00 that is asked for at `at`, and accepted within a second. */
const asked = (uid: string, at: say.Time = '10:00', host = 'odd'): Log => {
  const request = requested({ at });
  const own = { ...request, data: { ...request.data, hostId: host, icsUid: `${uid}@holdfast` } };
  return of(uid, own, started('work', { at }), succeeded('work', 'evt-1', { at }), accepted({ at }));
};
const held = (uid: string, at: say.Time = '10:00'): Log => slots(slotHeld(uid, '14:00', '14:30', { at }));
const ends = (uid: string, at: say.Time): Log => of(uid, cancelled('guest', { at }));
const freed = (uid: string, at: say.Time): Log => slots(slotReleased(uid, 'cancelled', { at }));

const newSlot = (start: say.Time = '15:00'): Log => slots(say.slotForMoveHeld('a', start, '15:30', { at: '10:30' }));
const moves = (): Log => {
  const at = '10:30';
  return of(
    'a',
    say.rescheduleRequested({ at }),
    say.moveStarted('work', { at }),
    say.moved('work', { at }),
    say.rescheduled({ at }),
  );
};
const slotMoved = slots(say.slotMoved('a', { at: '10:30' }));
const isOfSchedule = ([stream]: Line): boolean => stream === odd;
const asksAlone = requested({ approval: { deadline: '13:00', holdsSlot: false } });
const competing = { ...asksAlone, data: { ...asksAlone.data, icsUid: 'a@holdfast' } };
const heldFor = (meeting: object): Log =>
  held('a').map(([stream, { data, ...event }]) => [stream, { ...event, data: { ...data, ...meeting } } as DomainEvent]);
const another = 'wrong-slot schedule-odd: what it held for booking a is another meeting than that of the booking';
/** More than an hour after the rest. */
const later = requested({ at: '11:31', approval: { deadline: '13:00', holdsSlot: false } });

const findings = (log: Log): ReadonlyArray<string> => {
  const verifier = makeLogVerifier(sha256Hex);
  const [hashes, revisions] = [new Map<string, string>(), new Map<string, number>()];
  const found = log.flatMap(([stream, { type, data, occurredAt }, who = 'system'], index) => {
    const revision = revisions.get(stream) ?? 0;
    const [event] = seal(sha256Hex)(hashes.get(stream) ?? GENESIS_HASH, [
      {
        id: deterministicId(stream, revision),
        type,
        version: newestVersion(type),
        data: data as JsonObject,
        occurredAt,
        actor: { kind: who },
        correlationId: stream.slice(stream.indexOf('-') + 1),
        causationId: null,
      },
    ]);
    if (event === undefined) return [];
    revisions.set(stream, revision + 1);
    hashes.set(stream, event.hash);
    return verifier.add({ ...event, stream, revision, position: index + 1 });
  });
  return [...found, ...verifier.end()].map(({ kind, stream, reason }) => `${kind} ${stream}: ${reason}`);
};

const cancelledAndTakenAgain = [
  ...[...held('a'), ...asked('a'), ...ends('a', '11:00'), ...freed('a', '11:00')],
  ...[...held('b', '11:01'), ...asked('b', '11:01')],
];
const moved = [...held('a'), ...asked('a'), ...newSlot(), ...moves(), ...slotMoved];

const truths: ReadonlyArray<readonly [string, Log]> = [
  ['a time that was given up and taken by another', cancelledAndTakenAgain],
  [
    'the same log, its schedule copied first',
    [...cancelledAndTakenAgain.filter(isOfSchedule), ...cancelledAndTakenAgain.filter((line) => !isOfSchedule(line))],
  ],
  [
    'a clock that was set back after a cancellation',
    [
      ...held('a'),
      ...asked('a'),
      ...ends('a', '11:00'),
      ...freed('a', '10:10'),
      ...held('b', '10:11'),
      ...asked('b', '10:11'),
    ],
  ],
  ['a booking that was moved', moved],
  ['a booking that was moved and cancelled', [...moved, ...ends('a', '11:00'), ...freed('a', '11:00')]],
  ['a move whose time is held, and no more', [...held('a'), ...asked('a'), ...newSlot(), ...moves()]],
  [
    'a request that competed and was approved',
    [...of('a', competing), ...held('a', '10:30'), ...of('a', say.approved({ at: '10:30' }))],
  ],
  ['a request that competed and was withdrawn', of('a', competing, cancelled())],
  ['a time whose request never came', slots(slotHeld('a', '14:00', '14:30'), slotReleased('a', 'never_requested'))],
  [
    'a time that was lost and that an operator has held again',
    [
      ...[...held('a'), ...asked('a'), ...slots(slotReleased('a', 'rejected', { at: '10:30' }))],
      [odd, slotHeld('a', '14:00', '14:30', { at: '12:00' }), 'operator'],
    ],
  ],
];

const overlap = [...held('b', '11:01'), ...asked('b', '11:01'), ...ends('a', '12:00')];

const lies: ReadonlyArray<readonly [string, Log, string]> = [
  [
    'a booking that is over and never held a time',
    [...asked('a'), ...ends('a', '11:00')],
    'no-slot booking-a: it had a time that no schedule ever held',
  ],
  [
    'a time that was given up under its booking, and taken by another',
    [...held('a'), ...asked('a'), ...freed('a', '11:00'), ...overlap],
    'wrong-slot schedule-odd: the time of booking a was given up while the booking still had it',
  ],
  [
    'a booking that was there long before its time was free',
    [
      ...[...held('a'), ...asked('a'), ...asked('b', '10:30'), ...ends('a', '11:00'), ...freed('a', '11:00')],
      ...held('b', '11:01'),
    ],
    'wrong-slot schedule-odd: booking b had its time before that was held for it',
  ],
  [
    'another start than the one that is held',
    [...slots(slotHeld('a', '14:10', '14:30', { claim: ['14:00', '14:30'] })), ...asked('a')],
    'wrong-slot schedule-odd: what it holds for booking a is another time than that of the booking',
  ],
  [
    'another end than the one that was held',
    [
      ...[...slots(slotHeld('a', '14:00', '14:20', { claim: ['14:00', '14:30'] })), ...asked('a')],
      ...[...ends('a', '11:00'), ...freed('a', '11:00')],
    ],
    'wrong-slot schedule-odd: booking a had another time than those that were held for it',
  ],
  [
    'another host than the one whose time was held',
    [...held('a'), ...asked('a', '10:00', 'eva'), ...ends('a', '11:00'), ...freed('a', '11:00')],
    'wrong-slot schedule-odd: its time was held for booking a, which is of schedule-eva',
  ],
  [
    'a move to a time that nobody held',
    [...held('a'), ...asked('a'), ...moves(), ...ends('a', '11:00'), ...freed('a', '11:00')],
    'wrong-slot schedule-odd: booking a had another time than those that were held for it',
  ],
  [
    'a move to another time than the one that was held',
    [
      ...[...held('a'), ...asked('a'), ...newSlot('15:10'), ...moves()],
      ...[...slotMoved, ...ends('a', '11:00'), ...freed('a', '11:00')],
    ],
    'wrong-slot schedule-odd: booking a had another time than those that were held for it',
  ],
  ['a time that was held for another event type', [...heldFor({ eventTypeId: 7 }), ...asked('a')], another],
  [
    'a time that was held for an event of another name in calendars',
    [...heldFor({ icsUid: 'b@holdfast' }), ...asked('a'), ...ends('a', '11:00'), ...freed('a', '11:00')],
    another,
  ],
  [
    'a cancelled booking that is not in the log',
    [...held('a'), ...asked('a'), ...ends('a', '11:00'), ...freed('a', '11:00')].filter(isOfSchedule),
    'no-booking schedule-odd: its time was held for booking a, which is not in the log',
  ],
  [
    'a time that is held for a move which nobody asked for',
    [...held('a'), ...asked('a'), ...newSlot(), ...of('c', later)],
    'no-booking schedule-odd: a time is held for a move of booking a that it does not have',
  ],
  [
    'a request that competed and was approved without a time',
    of('a', competing, say.approved()),
    'no-slot booking-a: it is pending, and no schedule holds its time',
  ],
];

describe('whether each time of a booking was held for as long as the booking had it', () => {
  it.each(truths)('given %s, then nothing is found', (_, log) => {
    expect(findings(log)).toEqual([]);
  });

  it.each(lies)('given %s, then it is named', (_, log, found) => {
    expect(findings(log)).toEqual([found]);
  });
});
