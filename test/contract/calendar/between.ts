import { isLeft } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';
import { isRetryable } from '../../../src/domain/calendar/calendar-failure.ts';
import { BOX_ANSWERS } from '../../support/box-answers.ts';
import type { BoxedCalendarFixture } from './calendar-fixture.ts';
import { anEvent, fails, hours, live, ownOf, succeeds } from './given.ts';

const moved = anEvent({ sequence: 1, start: '2050-09-05T11:00:00Z', end: '2050-09-05T11:30:00Z' });

/** Something between us and the calendar answers in its place: nothing is done, gone, not there or free for that. */
export const between = (given: () => BoxedCalendarFixture): void => {
  describe.each(Object.entries(BOX_ANSWERS))('%s', (_, box) => {
    it('makes no event of a booking; once the server is back there is one', async () => {
      const { calendar, held, boxed } = given();
      for (const what of ['writes', 'all'] as const) {
        boxed(what, box);
        const failure = await fails(calendar.create(anEvent(), live()));
        expect(failure).toMatchObject({
          kind: expect.toSatisfy(isRetryable),
          message: expect.not.stringMatching(/^$/),
        });
      }
      boxed('none', box);
      expect(await held()).toEqual([]);
      await succeeds(calendar.create(anEvent(), live()));
      expect(await held()).toHaveLength(1);
    });

    it('does not make an event that is there absent, nor the time free', async () => {
      const { calendar, boxed } = given();
      await succeeds(calendar.create(anEvent(), live()));
      boxed('all', box);
      expect((await fails(calendar.find(ownOf(anEvent()), live()))).kind).toSatisfy(isRetryable);
      expect((await fails(calendar.busy(hours('08:00', '16:00'), [], live()))).message).not.toBe('');
      boxed('none', box);
      expect(isSome(await succeeds(calendar.find(ownOf(anEvent()), live())))).toBe(true);
    });

    it('changes nothing, and is not taken for a change', async () => {
      const { calendar, held, boxed } = given();
      const stored = await succeeds(calendar.create(anEvent(), live()));
      for (const what of ['writes', 'all'] as const) {
        boxed(what, box);
        expect((await fails(calendar.change(moved, stored, live()))).kind).toSatisfy(isRetryable);
      }
      boxed('none', box);
      expect(await held()).toMatchObject([{ sequence: 0 }]);
      await succeeds(calendar.change(moved, stored, live()));
      expect(await held()).toMatchObject([{ sequence: 1 }]);
    });

    it('removes nothing, and is not taken for a removal; once the server is back the event goes', async () => {
      const { calendar, held, boxed } = given();
      const { providerEventId, calendarAddress = null } = await succeeds(calendar.create(anEvent(), live()));
      const stored = { providerEventId, calendarAddress };
      for (const own of [ownOf(anEvent()), { ...ownOf(anEvent()), stored }]) {
        for (const what of ['writes', 'all'] as const) {
          boxed(what, box);
          expect(isLeft(await calendar.remove(own, live())())).toBe(true);
        }
      }
      boxed('none', box);
      expect(await held()).toHaveLength(1);
      expect(await succeeds(calendar.remove(ownOf(anEvent()), live()))).toBe('removed');
      expect(await held()).toEqual([]);
    });
  });
};
