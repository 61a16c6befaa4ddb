import { isLeft } from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import type { CalendarFixture } from './calendar-fixture.ts';
import { anEvent, covered, hours, live, ownOf, succeeds } from './given.ts';

export const busy = (given: () => CalendarFixture): void => {
  const window = hours('08:00', '16:00');

  it('reads an empty calendar as free', async () => {
    expect(await succeeds(given().calendar.busy(window, [], live()))).toEqual({ busy: [], unreadable: [] });
  });

  it("reads the host's own events and ours as busy", async () => {
    const { calendar, addForeign } = given();
    await addForeign(hours('13:00', '14:00'));
    await succeeds(calendar.create(anEvent(), live()));
    const { busy: found } = await succeeds(calendar.busy(window, [], live()));
    expect(covered(found, window)).toEqual([hours('09:00', '09:30'), hours('13:00', '14:00')]);
  });

  it('leaves out only those of our own events that it is told to', async () => {
    const { calendar } = given();
    const other = anEvent({
      bookingUid: 'bk2',
      icsUid: 'bk2@holdfast.test',
      start: '2050-09-05T10:00:00Z',
      end: '2050-09-05T10:30:00Z',
    });
    await succeeds(calendar.create(anEvent(), live()));
    await succeeds(calendar.create(other, live()));
    const { busy: found } = await succeeds(calendar.busy(window, [ownOf(anEvent())], live()));
    expect(covered(found, window)).toEqual([hours('10:00', '10:30')]);
  });

  it('reads what reaches into the window, not what only touches it', async () => {
    const { calendar, addForeign } = given();
    await addForeign(hours('07:00', '08:00'));
    await addForeign(hours('15:30', '17:00'));
    await addForeign(hours('16:00', '18:00'));
    const { busy: found } = await succeeds(calendar.busy(window, [], live()));
    expect(found.every(({ start, end }) => start < window.end && end > window.start)).toBe(true);
    expect(covered(found, window)).toEqual([hours('15:30', '16:00')]);
  });

  it('never calls free what it cannot read: the calendar fails, or the object is named and its time taken', async () => {
    const { calendar, makeUnreadable } = given();
    await makeUnreadable();
    const read = await calendar.busy(window, [], live())();
    if (isLeft(read)) return expect(read.left.message).not.toBe('');
    const { busy: found, unreadable } = read.right;
    expect(covered(found, hours('12:00', '13:00'))).toEqual([hours('12:00', '13:00')]);
    expect(unreadable).toEqual([
      { href: expect.stringContaining('odd'), reason: expect.stringMatching(/./), blocked: expect.any(Array) },
    ]);
  });
};
