import { afterAll, expect, it, vi } from 'vitest';
import { ABANDONED_AFTER_MS } from '../../src/application/commands/abandoned-hold-cleanup.ts';
import { seeded } from '../support/faulty-event-store.ts';
import type { HttpFault } from '../support/holding-proxy.ts';
import type { Client } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import type { KillableServer } from '../support/killable-server.ts';
import { audited, bookingsIn, checkLog, isFact } from '../support/log-checks.ts';
import { copiesOf, wrongInMails, wrongInWebhooks } from '../support/log-checks-messages.ts';
import { lostOrMisstated, wrongEvents, wrongInCalendars, wrongRepeats } from '../support/log-checks-outside.ts';
import { storiesOf, unfinished } from '../support/log-checks-quiet.ts';
import type { Answer } from '../support/webhook-receiver.ts';
import { listed } from './listed.ts';
import { startLoad } from './load.ts';
import { foundLate, withoutSightings, wrongAfterEdits } from './after-edits.ts';
import { DELAY_MS, PEOPLE, startPeople, watched } from './people.ts';
import type { World } from './world.ts';
import { makeWorld } from './world.ts';
import { SUBSCRIPTION } from './world-configuration.ts';

/** HOLDFAST_CRASH_SEED repeats a run, as far as the clock of the machine allows; more kills make a longer one. */
const SEED = Number(process.env.HOLDFAST_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const KILLS = Number(process.env.HOLDFAST_CRASH_KILLS ?? 3);
const HOSTS = 3;
const WORKERS = 8;
/** Answers between two kills, and milliseconds on top, so that the kill meets any instant. */
const ANSWERS = { least: 15, more: 50 };
const EXTRA_MS = 60;
const MAIL_CUTS = 6;

vi.setConfig({ testTimeout: 160_000 + KILLS * 10_000 });
/** A hold whose request was never written is given up after a minute. */
const quiet = { timeout: ABANDONED_AFTER_MS + 40_000, interval: 250 };

/** A calendar on a bad line: about every tenth request goes wrong in one of four ways. */
const badLine =
  (random: () => number) =>
  (method: string): HttpFault => {
    const fate = random();
    if (fate < 0.03) return 'refuse';
    if (fate < 0.06) return 503;
    if (fate < 0.065) return 'stall';
    return fate < 0.12 && method !== 'REPORT' ? 'lose-answer' : 'pass';
  };

const badSubscriber = (random: () => number): ReadonlyArray<Answer> =>
  Array.from({ length: 200 }, () => {
    const fate = random();
    if (fate < 0.05) return 'drop';
    return { status: fate < 0.15 ? 500 : 200 };
  });

describeWith('radicale', `kill -9 at random moments under load (HOLDFAST_CRASH_SEED=${SEED})`, () => {
  let world: World | undefined;
  afterAll(() => world?.close());

  it(`keeps every promise over ${KILLS} kills`, async () => {
    console.info(`kill-under-load: HOLDFAST_CRASH_SEED=${SEED} HOLDFAST_CRASH_KILLS=${KILLS}`);
    const random = seeded(SEED);
    const cuts = Array.from({ length: MAIL_CUTS }, () => ({ at: 'data', cut: true }) as const);
    const refusals = Array.from({ length: MAIL_CUTS }, () => ({ at: 'rcpt', reply: 451 }) as const);
    world = await makeWorld({
      hosts: HOSTS + PEOPLE.length,
      smtpFaults: [...cuts, ...refusals],
      webhookAnswers: badSubscriber(random),
      ...watched,
    });
    const { calendars, webhooks, smtp, log, openLog, held, heldEvents, mails, start, byHand } = world;
    calendars.faults(badLine(random));

    let up = Promise.withResolvers<Client>();
    let server: KillableServer = await start();
    up.resolve(server.client);
    const load = startLoad({ hosts: HOSTS, workers: WORKERS, random, server: () => up.promise });
    const people = await startPeople({
      hosts: PEOPLE.map((hostId, index) => ({ number: HOSTS + index, url: byHand.urls.get(hostId) ?? '' })),
      server: byHand.server,
      random,
      client: () => up.promise,
    });
    const answered = (): number => [...load.answers.values()].reduce((sum, count) => sum + count, 0);

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const wanted = answered() + ANSWERS.least + Math.floor(random() * ANSWERS.more);
      await expect.poll(answered, { timeout: 30_000, interval: 2 }).toBeGreaterThanOrEqual(wanted);
      await new Promise((resolve) => setTimeout(resolve, random() * EXTRA_MS));
      up = Promise.withResolvers<Client>();
      expect((await server.kill()).signal).toBe('SIGKILL');
      server = await start();
      up.resolve(server.client);
    }
    await expect.poll(() => people.edits.length, { timeout: 30_000, interval: 25 }).toBeGreaterThan(0);
    await Promise.all([load.stop(), people.stop()]);
    calendars.faults(() => 'pass');
    webhooks.answerWith([]);
    const quietSince = Date.now();
    // Is each ACCEPTED booking in its calendar at its time, or is what was done to its event younger than the stated delay?
    const notHeld = async () => [
      ...wrongInCalendars(log(), await held()),
      ...wrongEvents(openLog(), await heldEvents(), load.acknowledged),
    ];
    const isQuiet = async () => expect([await notHeld(), unfinished(openLog(), SUBSCRIPTION)]).toEqual([[], []]);
    await vi.waitFor(isQuiet, quiet).catch((cause: unknown) => {
      console.error(storiesOf(log(), unfinished(openLog(), SUBSCRIPTION)));
      throw cause;
    });
    const settledAfter = Date.now() - quietSince;

    const shown = await listed(server.client, log().at(-1)?.position ?? 0);
    expect((await server.terminate()).code).toBe(0);
    const left = log();
    const bookings = bookingsIn(left);
    const arrived = await mails();
    const copies = copiesOf(arrived);
    const outside = () => [calendars.seen.length, smtp.received.length, webhooks.received.length];
    const written = () => calendars.seen.filter(({ method }) => method === 'PUT' || method === 'DELETE').length;
    const before = { calls: outside(), written: written() };
    console.info(
      `kill-under-load: ${people.edits.length} edits by hand (${left.filter(isFact).length} facts, settled ${settledAfter} ms after the last), ${KILLS} kills, ${bookings.length} bookings, ${left.length} events (${left.filter(({ type }) => type === 'BookingRescheduled').length} moves, ${left.filter(({ type }) => type === 'GuestsAdded').length} guests, ${left.filter(({ type }) => type === 'GuestRemoved').length} removed, ${left.filter(({ type }) => type === 'LocationChanged').length} places), ${load.acknowledged.length} acknowledged, ` +
        `${load.cut()} cut, answers ${JSON.stringify(Object.fromEntries(load.answers))}, ` +
        `${copies.messages} mails and ${copies.extra} copies, ${webhooks.received.length} webhook requests, ${calendars.seen.length} calendar requests`,
    );

    expect([...checkLog(left), ...audited(left)]).toEqual([]);
    expect(lostOrMisstated(left, load.acknowledged)).toEqual([]);
    expect(wrongRepeats(load.acknowledged)).toEqual([]);
    expect(wrongInCalendars(left, await held())).toEqual([]);
    expect(wrongEvents(openLog(), await heldEvents(), load.acknowledged)).toEqual([]);
    expect(wrongAfterEdits(left, people.edits)).toEqual([]);
    expect(foundLate(left, people.edits, quietSince, DELAY_MS)).toEqual([]);
    expect(wrongInMails(left, arrived)).toEqual([]);
    expect(copies.extra).toBeLessThanOrEqual(MAIL_CUTS + KILLS * bookings.length);
    expect(wrongInWebhooks(left, webhooks.received)).toEqual([]);
    expect(bookings.length).toBeGreaterThan(KILLS);

    // I7: the read model, made anew from the log, is the one that was kept; nobody outside hears of it.
    const rebuilt = await world.run(['projections', 'rebuild']);
    expect((await rebuilt.ended).code).toBe(0);
    expect(outside()).toEqual(before.calls);
    const again = await start();
    expect(withoutSightings(await listed(again.client, left.at(-1)?.position ?? 0))).toEqual(withoutSightings(shown));
    expect([...shown.entries()].map(([uid, { status }]) => [uid, status]).toSorted()).toEqual(
      bookings.map(({ uid, status }) => [uid, status]).toSorted(),
    );
    expect((await again.terminate()).code).toBe(0);
    // The start itself looks for a free slot to print; it writes nothing and tells nobody.
    expect(written()).toBe(before.written);
    expect(outside().slice(1)).toEqual(before.calls.slice(1));
  });
});
