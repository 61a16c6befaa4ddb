import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replayBookings } from '../../../src/adapters/read-model/replay-bookings.ts';
import { acceptedStory, cancelled, envelopes, requested } from '../../projections/support/given-events.ts';
import type { Given } from '../../projections/support/given-read-model.ts';
import { caughtUp, givenReadModel, right } from '../../projections/support/given-read-model.ts';
import { givenBookings } from '../../projections/support/given-story.ts';
import { listAll } from '../../projections/support/list-all.ts';

describe('a replay of the log', () => {
  let given: Given;
  beforeEach(async () => {
    given = await givenReadModel();
  });
  afterEach(() => given.cleanUp());

  it('tells of each booking what the read model shows (I7, I9)', async () => {
    await givenBookings(given, 40);
    const projections = given.start();
    await caughtUp(projections, given.store);
    const replayed = await right(replayBookings(given.store));
    const shown = await listAll(projections);
    expect(replayed.bookings).toBe(40);
    expect(replayed.events).toBe(await right(given.store.head()));
    expect([...replayed.uids()].toSorted()).toEqual(shown.map(({ uid }) => uid));
    for (const { uid, booking } of shown) expect(replayed.find(uid)).toEqual(booking);
    expect(replayed.find('nobody')).toBeUndefined();
  });

  it('folds on in bookings that were packed away in between', async () => {
    await given.append('booking-first', acceptedStory());
    for (let index = 0; index < 4_500; index += 1) await given.append(`booking-${index}`, [requested()]);
    await given.append('booking-first', [cancelled]);
    const replayed = await right(replayBookings(given.store));
    expect(replayed.find('first')).toMatchObject({ phase: 'cancelled', wasAccepted: true });
    expect(replayed.bookings).toBe(4_501);
  });

  it('upcasts what is old, and checks it', async () => {
    const [event] = envelopes('booking-old', [requested()]);
    if (event === undefined) throw new Error('one event makes one envelope');
    const { lengthInMinutes: duration, acceptance: _, calendars: __, ...rest } = event.data;
    const old = { ...event, version: 1, data: { ...rest, duration: duration ?? null, calendarIds: ['home'] } };
    await right(given.store.append({ stream: 'booking-old', expected: 'no-stream', events: [old] }));
    const replayed = await right(replayBookings(given.store));
    expect(replayed.find('old')).toMatchObject({
      request: { lengthInMinutes: 30, acceptance: 'any-of' },
      calendars: [{ calendarId: 'home', status: 'idle' }],
    });
    const broken = { ...old, data: { ...old.data, duration: 'long' } };
    await right(given.store.append({ stream: 'booking-bad', expected: 'no-stream', events: [broken] }));
    expect(await replayBookings(given.store)()).toMatchObject(
      E.left({ type: 'EventNotUnderstood', reason: expect.stringMatching(/position 2 .*lengthInMinutes/) }),
    );
  });

  it('says which event it does not know', async () => {
    const strange = envelopes('booking-one', [requested()]).map((event) => ({ ...event, type: 'Unheard' }));
    await right(given.store.append({ stream: 'booking-one', expected: 'no-stream', events: strange }));
    expect(await replayBookings(given.store)()).toMatchObject(
      E.left({ type: 'EventNotUnderstood', reason: expect.stringContaining('Unheard') }),
    );
  });
});
