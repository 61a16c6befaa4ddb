import { describe, expect, it } from 'vitest';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { anEvent, fails, hours, live, ownOf, succeeds } from './given.ts';

describe('the stand-in calendar', () => {
  it('follows its plan in order and accepts after it, and records every call', async () => {
    const scripted = scriptedCalendar({
      calendarId: 'work',
      plan: { create: [{ type: 'refuse', kind: 'rate-limited', retryAfterMs: 500 }, { type: 'accept-without-id' }] },
    });
    const refused = await fails(scripted.calendar.create(anEvent(), live()));
    expect(refused).toMatchObject({ kind: 'rate-limited', retryAfterMs: 500 });
    expect(scripted.events()).toEqual([]);
    expect((await succeeds(scripted.calendar.create(anEvent(), live()))).providerEventId).toBe('');
    expect((await succeeds(scripted.calendar.create(anEvent(), live()))).providerEventId).not.toBe('');
    expect(scripted.events()).toHaveLength(1);
    expect(scripted.calls).toEqual(Array.from({ length: 3 }, () => ({ operation: 'create', bookingUid: 'bk1' })));
  });

  it('loses the answer of what it has done', async () => {
    const scripted = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'lose-answer' }] } });
    expect((await fails(scripted.calendar.create(anEvent(), live()))).kind).toBe('outcome-unknown');
    expect(scripted.events()).toHaveLength(1);
  });

  it('stalls until it is released, having done nothing before', async () => {
    const scripted = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'stall' }] } });
    const create = succeeds(scripted.calendar.create(anEvent(), live()));
    await new Promise(setImmediate);
    expect(scripted.events()).toEqual([]);
    scripted.release();
    await create;
    expect(scripted.events()).toHaveLength(1);
  });

  it('refuses until it is told to accept again, and forgets what is removed by hand', async () => {
    const scripted = scriptedCalendar({ calendarId: 'work' });
    scripted.always('busy', { type: 'refuse', kind: 'network' });
    await fails(scripted.calendar.busy(hours('08:00', '16:00'), [], live()));
    await fails(scripted.calendar.busy(hours('08:00', '16:00'), [], live()));
    scripted.always('busy', { type: 'accept' });
    await succeeds(scripted.calendar.create(anEvent(), live()));
    scripted.removeByHand('bk1@holdfast.test');
    expect(await succeeds(scripted.calendar.busy(hours('08:00', '16:00'), [], live()))).toEqual([]);
    expect(await succeeds(scripted.calendar.remove(ownOf(anEvent()), live()))).toBe('already-gone');
  });
});
