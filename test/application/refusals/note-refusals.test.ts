import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { requestBooking } from '../../../src/application/commands/request-booking.ts';
import type { OwnStreams } from '../../../src/application/ports/event-store.ts';
import { notingRefusedBookings, notingRefusedMoves } from '../../../src/application/refusals/note-refusals.ts';
import { makeRefusals, REFUSAL_LIMITS, type RefusedAsk } from '../../../src/application/refusals/record-refusals.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { makeTestClock } from '../../support/clock.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';
import { bootDesk, requestFor } from '../commands/requesting.helper.ts';
import { contextOf } from '../process.helper.ts';

it('given a disk that does not answer, when 500 are refused, then each is answered all the same', async () => {
  const { deps, request } = bootDesk(makeMemoryEventStore());
  const clock = makeTestClock();
  let writes = 0;
  const append: OwnStreams['append'] = () => () => {
    writes += 1;
    return new Promise(() => undefined);
  };
  const refusals = makeRefusals({
    streams: { ...memoryOwnStreams(), append },
    clock,
    identity: systemIdentity,
    hashOf: (email) => email,
    report: () => undefined,
    limits: REFUSAL_LIMITS,
  });
  expect(await request(requestFor('runa'))).toMatchObject(E.right({ uid: 'runa' }));
  const ask = notingRefusedBookings(refusals, requestBooking(deps));
  for (let count = 0; count < 500; count += 1) {
    const answer = await ask(requestFor(`ivar${count}`), contextOf(`${count}`), new AbortController().signal)();
    expect(answer).toMatchObject(E.left({ type: 'SlotRefused', refusal: { code: 'slot_unavailable' } }));
    clock.advance(100);
  }
  // One write at a time, however many come meanwhile.
  expect(writes).toBe(1);
});

it('given several lengths, when a move is refused, then none is claimed: the booking may have any', async () => {
  const { host, eventType } = requestFor('runa');
  const refusal = { code: 'outside_hours' } as const;
  const noted: RefusedAsk[] = [];
  const refusals = { note: (refused: RefusedAsk) => void noted.push(refused) };
  const move = notingRefusedMoves(refusals, () => async () => E.left({ type: 'SlotRefused', refusal }));
  const asked = { uid: 'runa', rescheduleId: 'move1', host, start: 0, by: 'guest', reason: null } as const;
  for (const lengthOptions of [[30], [30, 60]])
    await move(
      { ...asked, eventType: { ...eventType, lengthInMinutes: 30, lengthOptions } },
      contextOf('move'),
      new AbortController().signal,
    )();
  expect(noted.map(({ lengthInMinutes }) => lengthInMinutes)).toEqual([30, null]);
});
