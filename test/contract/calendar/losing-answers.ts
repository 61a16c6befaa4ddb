import { isNone, isSome } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';
import type { CalendarFixture } from './calendar-fixture.ts';
import { anEvent, fails, hours, live, ownOf, succeeds } from './given.ts';

export const losingAnswers = (given: () => CalendarFixture): void => {
  it('ends a write without an answer at its time limit as outcome-unknown', async () => {
    const { calendar, held, stall } = given();
    await stall();
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('outcome-unknown');
    expect(await held()).toEqual([]);
  });

  it('ends a read without an answer at its time limit as network', async () => {
    const { calendar, stall, readsAtOnce } = given();
    await stall();
    const find = calendar.find(ownOf(anEvent()), live());
    const busy = calendar.busy(hours('08:00', '16:00'), [], live());
    if (readsAtOnce === true) {
      expect(isNone(await succeeds(find))).toBe(true);
      expect(await succeeds(busy)).toEqual({ busy: [], unreadable: [] });
    } else {
      expect((await fails(find)).kind).toBe('network');
      expect((await fails(busy)).kind).toBe('network');
    }
  });

  it('does nothing at all under a signal that has aborted', async () => {
    const { calendar, held } = given();
    expect((await fails(calendar.create(anEvent(), AbortSignal.abort()))).kind).toBe('network');
    expect((await fails(calendar.busy(hours('08:00', '16:00'), [], AbortSignal.abort()))).kind).toBe('network');
    expect(await held()).toEqual([]);
  });

  it('after a lost answer is outcome-unknown; the event is found and creating it again makes no second one', async () => {
    const { calendar, held, loseNextAnswer } = given();
    await loseNextAnswer();
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('outcome-unknown');
    const found = await succeeds(calendar.find(ownOf(anEvent()), live()));
    const again = await succeeds(calendar.create(anEvent(), live()));
    expect(isSome(found) && found.value.providerEventId).toBe(again.providerEventId);
    expect(await held()).toHaveLength(1);
  });
};
