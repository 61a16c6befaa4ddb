import { afterEach, expect, it, vi } from 'vitest';
import { listed } from '../crash/listed.ts';
import type { World } from '../crash/world.ts';
import { makeWorld } from '../crash/world.ts';
import { eventTypeIds, SUBSCRIPTION } from '../crash/world-configuration.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import { minutesAfter9 } from './guests.ts';

const BOOKINGS = 12;
const quiet = { timeout: 30_000, interval: 50 };
vi.setConfig({ testTimeout: 90_000 });

describeWith('radicale', 'I7 a rebuild makes the same read model and reaches nobody outside', () => {
  let world: World | undefined;
  afterEach(() => world?.close());

  it('beside the running server, and again when it is stopped', async () => {
    world = await makeWorld();
    const { calendars, smtp, webhooks, log, run, start } = world;
    const server = await start();
    const replies = await Promise.all(
      Array.from({ length: BOOKINGS }, (_, index) =>
        server.client.post('/v2/bookings', {
          start: minutesAfter9(index * 30),
          eventTypeId: index % 4 === 0 ? eventTypeIds(0).approved : eventTypeIds(0).plain,
          attendee: { name: `Guest ${index}`, email: `guest${index}@example.com`, timeZone: 'Europe/Oslo' },
        }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(BOOKINGS).fill(201));
    await expect.poll(() => unfinished(log(), SUBSCRIPTION), quiet).toEqual([]);
    const head = log().at(-1)?.position ?? 0;
    const before = await listed(server.client, head);
    const outside = () => [calendars.seen.length, smtp.received.length, webhooks.received.length];
    // The server beside it goes on looking at calendars; it writes to none.
    const written = () => calendars.seen.filter(({ method }) => method === 'PUT' || method === 'DELETE').length;
    const told = () => [written(), smtp.received.length, webhooks.received.length];
    const toldBefore = told();

    expect((await (await run(['projections', 'rebuild'])).ended).code).toBe(0);
    expect(await listed(server.client, head)).toEqual(before);
    expect(told()).toEqual(toldBefore);
    expect(log().at(-1)?.position).toBe(head);

    expect((await server.terminate()).code).toBe(0);
    const reached = outside();
    expect((await (await run(['projections', 'rebuild'])).ended).code).toBe(0);
    expect(outside()).toEqual(reached);
    const again = await start();
    expect(await listed(again.client, head)).toEqual(before);
    expect(told()).toEqual(toldBefore);
    expect(log().at(-1)?.position).toBe(head);
  });
});
