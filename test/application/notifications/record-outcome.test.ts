import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect, it } from 'vitest';
import { RECORD_TRIES, recordSent } from '../../../src/application/notifications/record-outcome.ts';
import { command } from '../../../src/testing/index.ts';
import { notifiedWorld, UID } from '../../support/notified-world.ts';

const sent = { causedBy: 'x', channel: 'mail', notification: 'confirmed', recipient: 'host', messageId: 'm' } as const;
const leasing = { node: 'a', leaseMs: 15_000 };

/** A log that is away for so many tries. `onTry`: told before each of them. */
const away = async (times: number, onTry: (stop: () => void) => void = () => undefined) => {
  const world = notifiedWorld();
  await world.happened(command.request());
  const { bookings } = world.buses;
  const stopping = new AbortController();
  let tries = 0;
  const execute: typeof bookings.execute = (...given) => {
    tries += 1;
    onTry(() => stopping.abort());
    return tries <= times ? TE.left({ type: 'Unavailable', reason: 'no leader' }) : bookings.execute(...given);
  };
  const deps = { ...world, leasing, buses: { bookings: { ...bookings, execute } }, signal: stopping.signal };
  const notes = async () => (await world.types()).filter((type) => type === 'NotificationSent').length;
  return { deps, notes, tries: () => tries };
};

it('given a log that is away when a mail has gone out, when it is back, then the outcome is written', async () => {
  const { deps, notes, tries } = await away(5);
  expect(await recordSent(deps)(UID, sent)).toBeNull();
  expect([tries(), await notes()]).toEqual([6, 1]);
});

it('given a log that stays away, then the note is given up, and says why', async () => {
  const { deps, notes, tries } = await away(Number.POSITIVE_INFINITY);
  expect(await recordSent(deps)(UID, sent)).toContain('no leader');
  expect([tries(), await notes()]).toEqual([RECORD_TRIES, 0]);
});

it('given a log in the data file, or a program that stops, then it is tried once', async () => {
  const embedded = await away(1);
  expect(await recordSent({ ...embedded.deps, leasing: null })(UID, sent)).toContain('no leader');
  const stopping = await away(1, (stop) => stop());
  expect(await recordSent(stopping.deps)(UID, sent)).toContain('no leader');
  expect([embedded.tries(), stopping.tries()]).toEqual([1, 1]);
});

it('given a booking that is not there, then it is not tried again', async () => {
  const { deps, tries } = await away(0);
  expect(await recordSent(deps)('nobody', sent)).toContain('UnknownBooking');
  expect(tries()).toBe(1);
});
