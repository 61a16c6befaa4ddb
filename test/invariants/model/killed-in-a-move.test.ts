import { describe, expect, it } from 'vitest';
import { cancelBooking } from '../../../src/application/commands/change-booking.ts';
import { epochMs, instant, requestData } from '../../../src/testing/index.ts';
import { contextOf } from '../../application/process.helper.ts';
import { carryOut, look } from './carry-out.ts';
import { checkStep } from './checks.ts';
import { checkAudit } from './audit-check.ts';
import { checkEnd, checkRebuild, checkReplay } from './end-checks.ts';
import { nothingSeen, type Seen } from './event-checks.ts';
import { eventTypes, hosts, kill, makeWorld, quiet, tell, watched, type World } from './world.ts';

const [OLD, NEW] = ['10:00', '13:00'];
const live = (): AbortSignal => new AbortController().signal;
const [host] = hosts;
const [eventType] = eventTypes;
if (host === undefined || eventType === undefined) throw new Error('there is nobody to book');

/** A booking that two calendars hold at the old time, and of which everybody was told. */
const booked = async (): Promise<{ readonly world: World; readonly seen: Seen }> => {
  const [world, seen] = [makeWorld(), nothingSeen()];
  const request = {
    ...{ uid: 'b1', fingerprint: 'b1', repeatable: true, host, eventType, start: epochMs(OLD), lengthInMinutes: 30 },
    attendee: requestData().personal.attendee,
    guests: ['ola@example.com'],
    location: { type: 'none' } as const,
    ...{ responses: {}, metadata: {}, invitesOnceVerified: false },
  };
  await world.program.request(request, contextOf('request b1'), live())();
  await goOn(world, seen, 6);
  return { world, seen };
};

/** Some rounds of everything: the saga looks, calendars answer, mails go out. Nobody waits for what a kill has cut. */
const goOn = async (world: World, seen: Seen, rounds: number): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    await checkStep(world, seen);
    await look(world, seen);
    for (const call of [...world.pending]) call.answer('done');
    await quiet(world);
    await Promise.race([tell(world), quiet(world)]);
    await quiet(world);
  }
};

const move = (world: World): void =>
  watched(
    world,
    world.program.reschedule(
      { uid: 'b1', rescheduleId: 'm1', host, eventType, start: epochMs(NEW), by: 'guest', reason: null },
      contextOf('reschedule/m1'),
      live(),
    )(),
  );

const cancel = (world: World): void => {
  const cancellation = { by: 'guest', reason: null, cancellable: true, hostMustGiveReason: false } as const;
  watched(world, cancelBooking(world.program.deps)(cancellation)('b1', contextOf('cancel b1'))());
};

/**
 * The program is killed at one operation on the log after the other, before it is done and after it: with the new time
 * claimed, in flight, between a calendar's answer and its record, before the old time is given back, before each mail.
 * `arrives`: whether what was under way to a calendar reaches it. Answers whether there was such an operation.
 */
const killedAt = async (operation: number, arrives: boolean, act: (world: World) => void): Promise<boolean> => {
  const { world, seen } = await booked();
  const first = world.operations;
  let isDead = false;
  world.atOperation = (count) => {
    if (isDead || count !== first + operation) return;
    isDead = true;
    kill(world, () => arrives);
  };
  act(world);
  await goOn(world, seen, 6);
  world.atOperation = () => undefined;
  await carryOut(world, seen);
  checkReplay(seen);
  await checkRebuild(world, seen);
  checkEnd(world, seen);
  await checkAudit(world);
  const booking = seen.bookings.get('b1')?.state;
  if (booking === undefined || booking.phase === 'none') throw new Error('the booking is lost');
  const shown = host.calendarIds.map((id) =>
    [...(world.calendars.get(id)?.events.values() ?? [])].map(({ start }) => start),
  );
  const isOn = booking.phase === 'accepted';
  expect(shown, `killed at ${operation}`).toEqual(host.calendarIds.map(() => (isOn ? [booking.request.start] : [])));
  expect([instant(OLD), instant(NEW)]).toContain(booking.request.start);
  return isDead;
};

const everyOperation = async (act: (world: World) => void): Promise<number> => {
  let operation = 1;
  while (await killedAt(operation, operation % 2 === 0, act)) operation += 1;
  for (let again = 1; again < operation; again += 1) await killedAt(again, again % 2 === 1, act);
  return operation - 1;
};

describe('a program that is killed while a booking moves', () => {
  it('ends at one time, with one event in each calendar, and everybody told once, wherever it is killed', async () => {
    expect(await everyOperation(move)).toBeGreaterThanOrEqual(16);
  });

  it('the same with a cancellation at the same moment', async () => {
    const both = (world: World): void => {
      move(world);
      cancel(world);
    };
    expect(await everyOperation(both)).toBeGreaterThanOrEqual(10);
  });
});
