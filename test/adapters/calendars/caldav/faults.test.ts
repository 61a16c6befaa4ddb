import { isSome } from 'fp-ts/lib/Option.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Calendar } from '../../../../src/application/ports/calendar.ts';
import { anEvent, fails, hours, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { calDavCalendar } from '../../../support/caldav-calendar.ts';
import { objectsIn } from '../../../support/caldav-fixture.ts';
import { makeCalendar, rawRequest } from '../../../support/caldav-server.ts';
import { type FaultProxy, startFaultProxy } from '../../../support/fault-proxy.ts';
import { describeWith } from '../../../support/install/describe-with.ts';
import { startRadicale } from '../../../support/radicale.ts';
import { runningServer } from '../../../support/running-server.ts';

type Given = { readonly calendar: Calendar; readonly url: string; readonly proxy: FaultProxy };

describeWith('radicale', 'a real Radicale behind a network that fails', () => {
  const server = runningServer(startRadicale);
  let given: Given | undefined;
  let calendars = 0;
  const use = (): Given => {
    if (given === undefined) throw new Error('nothing is given');
    return given;
  };
  beforeEach(async () => {
    calendars += 1;
    const url = await makeCalendar(server(), `faults${calendars}`);
    const proxy = await startFaultProxy(server().origin);
    const throughProxy = url.replace(server().origin, proxy.origin);
    given = { proxy, url, calendar: calDavCalendar({ url: throughProxy, ...server().credentials }) };
  });
  afterEach(() => given?.proxy.close());

  it('a lost answer to a change is outcome-unknown; changed again, the event is there once, as meant', async () => {
    const { calendar, url, proxy } = use();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    const moved = anEvent({ sequence: 1, start: '2050-09-05T11:00:00Z', end: '2050-09-05T11:30:00Z' });
    proxy.once({ type: 'lose-answer' });
    expect((await fails(calendar.change(moved, stored, live()))).kind).toBe('outcome-unknown');
    await succeeds(calendar.change(moved, stored, live()));
    const objects = await objectsIn(server(), url);
    expect(objects).toHaveLength(1);
    expect(objects[0]).toContain('DTSTART:20500905T110000Z');
  });

  it('an answer to a write that is cut is outcome-unknown, and the event is found', async () => {
    const { calendar, url, proxy } = use();
    proxy.once({ type: 'cut', afterBytes: 10 });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('outcome-unknown');
    expect(isSome(await succeeds(calendar.find(ownOf(anEvent()), live())))).toBe(true);
    expect(await objectsIn(server(), url)).toHaveLength(1);
  });

  it.each([10, 150, 400, 700])(
    'an answer to a read that is cut after %i bytes is a failure, never free',
    async (afterBytes) => {
      const { calendar, proxy } = use();
      await succeeds(calendar.create(anEvent(), live()));
      proxy.set({ type: 'cut', afterBytes });
      expect((await fails(calendar.busy(hours('08:00', '16:00'), [], live()))).kind).toBe('network');
    },
  );

  it('a connection that is closed at once, before anything was sent on it, wrote nothing', async () => {
    const { calendar, url, proxy } = use();
    proxy.set({ type: 'refuse' });
    // TCP accepts before the proxy closes, so that the request may be on its way: both kinds are true.
    expect(['network', 'outcome-unknown']).toContain((await fails(calendar.create(anEvent(), live()))).kind);
    expect(await objectsIn(server(), url)).toEqual([]);
  });

  it('removes the event although the host has just edited it by hand', async () => {
    const { calendar, url } = use();
    await succeeds(calendar.create(anEvent(), live()));
    const [object] = await objectsIn(server(), url);
    const edited = String(object).replace('SUMMARY:Intro', 'SUMMARY:Edited');
    const headers = { 'content-type': 'text/calendar; charset=utf-8' };
    await rawRequest(server(), 'PUT', `${url}bk1%40holdfast.test.ics`, edited, headers);
    expect(await succeeds(calendar.remove(ownOf(anEvent()), live()))).toBe('removed');
    expect(await objectsIn(server(), url)).toEqual([]);
  });
});
