import { nextTimerAt } from '../../../src/domain/booking/timers.ts';
import { contextOf } from '../../application/process.helper.ts';
import { checkStep } from './checks.ts';
import type { Seen } from './event-checks.ts';
import { type World, quiet, tell, watched } from './world.ts';

/** What the clock has brought, for each booking whose time has come; `times` at the same moment, as several nodes do. */
export const fireTimers = (world: World, seen: Seen, times = 1): void => {
  const now = world.clock.now();
  for (const [uid, { state }] of seen.bookings) {
    const due = nextTimerAt(state);
    if (due === null || due > now) continue;
    for (let turn = 0; turn < times; turn += 1)
      watched(
        world,
        world.program.buses.bookings.execute(
          uid,
          { type: 'FireTimers', now },
          contextOf(`timers ${uid} ${seen.position} ${world.program.number} ${turn}`),
        )(),
      );
  }
};

/** The saga looks at every booking. Nobody waits for a run that the program's death has cut. */
export const look = async (world: World, seen: Seen): Promise<void> => {
  for (const uid of seen.bookings.keys()) watched(world, world.program.runner.run(uid, 0));
  await quiet(world);
};

/** Most rounds in which everything is carried out, after which something goes on for ever. */
const MAX_ROUNDS = 3_000;

/** Every call is answered, every mail taken, and time goes on until nothing is left to be done. */
export const carryOut = async (world: World, seen: Seen): Promise<void> => {
  world.storeFaults.length = 0;
  for (let round = 0; ; round += 1) {
    if (round === MAX_ROUNDS) throw new Error('no rest is reached');
    let [busy, due] = [false, Number.POSITIVE_INFINITY];
    fireTimers(world, seen);
    await quiet(world);
    for (const uid of seen.bookings.keys()) {
      const progress = await world.program.runner.run(uid, 0);
      if (progress.type === 'failed') throw new Error(`the saga of ${uid} failed: ${progress.reason}`);
      busy ||= progress.type === 'busy';
      if (progress.type !== 'stopping' && progress.due !== null) due = Math.min(due, progress.due);
    }
    await quiet(world);
    for (const call of [...world.pending]) call.answer('done');
    await quiet(world);
    await tell(world);
    await checkStep(world, seen);
    if (busy || world.pending.length > 0) continue;
    for (const { state } of seen.bookings.values()) due = Math.min(due, nextTimerAt(state) ?? Number.POSITIVE_INFINITY);
    if (due === Number.POSITIVE_INFINITY) break;
    world.clock.set(Math.max(due, world.clock.now()));
  }
  // What a mail server put off is tried until it is given up.
  for (let attempts = 0; attempts < 5; attempts += 1) await tell(world);
  await checkStep(world, seen);
};
