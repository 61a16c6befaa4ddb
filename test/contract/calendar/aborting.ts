import { expect, it } from 'vitest';
import type { CalendarFixture } from './calendar-fixture.ts';
import { anEvent, fails, hours, succeeds } from './given.ts';

/** The time limit of these calendars is far beyond a test's own: only the signal can end their calls. */
export const aborting = (given: () => CalendarFixture): void => {
  it('ends a read early when its signal aborts', async () => {
    const { calendar, stall, readsAtOnce } = given();
    await stall();
    const reading = new AbortController();
    const read = calendar.busy(hours('08:00', '16:00'), [], reading.signal);
    setImmediate(() => reading.abort());
    if (readsAtOnce === true) expect(await succeeds(read)).toEqual({ busy: [], unreadable: [] });
    else expect((await fails(read)).kind).toBe('network');
  });

  it('ends a write early when its signal aborts', async () => {
    const { calendar, held, stall } = given();
    await stall();
    const writing = new AbortController();
    const write = fails(calendar.create(anEvent(), writing.signal));
    setImmediate(() => writing.abort());
    // Which of the two depends on whether the request was on its way by then; both are true.
    expect(['outcome-unknown', 'network']).toContain((await write).kind);
    expect(await held()).toEqual([]);
  });
};
