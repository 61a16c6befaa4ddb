import { expect, it, vi } from 'vitest';
import { startHoldfast } from '../support/command-line.ts';
import { bookingOn, givenEventStoreDb } from '../support/on-eventstoredb.ts';

/** Issue 2: a stop ends within ten seconds. */
const STOPS_WITHIN_MS = 10_000;

it('given EventStoreDB (stand-in) answers no append, when the server is stopped, then it ends in time', async () => {
  const { standIn, env } = await givenEventStoreDb();
  const server = startHoldfast(['serve'], env);
  const [, url = ''] = await server.says(/^listening on (\S+)$/m);
  expect((await bookingOn(url, '2050-09-05T08:00:00Z')).status).toBe(201);
  // Else the confirmation of that slot would be the append that stays unanswered, with the next hold behind it.
  const confirmed = () => standIn.database.log.stream('holdfast-schedule-odd').map(({ type }) => type);
  await vi.waitFor(() => expect(confirmed()).toContain('SlotConfirmed'), { timeout: 10_000 });
  standIn.faults.always('append', { kind: 'commit-and-forget' });
  const unanswered = bookingOn(url, '2050-09-06T08:00:00Z').catch(String);
  // Not any append: the first booking's people are still being told.
  const holds = () => standIn.database.log.stream('holdfast-schedule-odd').filter(({ type }) => type === 'SlotHeld');
  await vi.waitFor(() => expect(holds()).toHaveLength(2), { timeout: 10_000 });

  const begun = performance.now();
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, signal: null });
  expect(performance.now() - begun).toBeLessThan(STOPS_WITHIN_MS);
  await unanswered;

  standIn.faults.clear();
  const again = startHoldfast(['serve'], env);
  const [, anew = ''] = await again.says(/^listening on (\S+)$/m);
  expect((await bookingOn(anew, '2050-09-06T08:00:00Z')).status).toBe(409);
  again.child.kill('SIGTERM');
  expect(await again.ended).toMatchObject({ code: 0 });
}, 40_000);

it('given EventStoreDB (stand-in) answers no read, when the server is stopped, then it ends in time', async () => {
  const { standIn, env } = await givenEventStoreDb();
  const server = startHoldfast(['serve'], env);
  await server.says(/^listening on (\S+)$/m);
  standIn.faults.always('read', { kind: 'answer-never' });
  const before = standIn.faults.seen('read');
  await vi.waitFor(() => expect(standIn.faults.seen('read')).toBeGreaterThan(before), { timeout: 10_000 });

  const begun = performance.now();
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, signal: null });
  expect(performance.now() - begun).toBeLessThan(STOPS_WITHIN_MS);
}, 40_000);
