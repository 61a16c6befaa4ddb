import { type Seen, checkStep } from './checks.ts';
import { type World, quiet, tell, watched } from './world.ts';

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
    if (due === Number.POSITIVE_INFINITY) break;
    world.clock.set(Math.max(due, world.clock.now()));
  }
  // What a mail server put off is tried until it is given up.
  for (let attempts = 0; attempts < 5; attempts += 1) await tell(world);
  await checkStep(world, seen);
};
