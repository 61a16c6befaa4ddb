import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { statusOf as domainStatusOf } from '../../src/domain/booking/booking-status.ts';
import { foldBooking } from '../../src/domain/booking/evolve.ts';
import { decodeBookingEvent } from '../../src/domain/log/decode.ts';
import type { Reply } from '../support/http-client.ts';
import { at } from '../support/http-client.ts';
import type { Log } from '../support/log-checks.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { givenServer, SUBSCRIPTION } from './given-server.ts';
import { book, cancel, confirm, decline, uidOf } from './guests.ts';

type Shown = { readonly uid: string; readonly position: number; readonly status: string; readonly reason: unknown };

/** What the stream of a booking says when it is folded up to a position. */
const foldedAt = (log: Log, { uid, position }: Shown): { readonly status: string; readonly reason: unknown } => {
  const events = log
    .filter((event) => event.stream === `booking-${uid}` && event.position <= position)
    .flatMap((event) => {
      const decoded = decodeBookingEvent(event);
      return E.isRight(decoded) ? [decoded.right] : [];
    });
  const booking = foldBooking(events);
  if (booking.phase === 'none') return { status: 'none', reason: null };
  const reason = booking.phase === 'pending' ? booking.because : null;
  return { status: domainStatusOf(booking), reason };
};

describe('I9 the status is a pure function of the events', () => {
  it('what was shown at a position is what the stream says at that position, also long after', async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    calendar.plan('create', { type: 'stall' }, { type: 'refuse', kind: 'network' }, { type: 'lose-answer' });
    const server = await givenServer({ calendars: [calendar] });
    const shown: Shown[] = [];
    const note = (reply: Reply): Reply => {
      if (reply.status > 299) throw new Error(reply.text);
      const said = (name: string) => at(reply.body, 'data', name);
      const position = Number(reply.headers.get('holdfast-position'));
      const reason = said('pendingReason') ?? null;
      shown.push({ uid: String(said('uid')), status: String(said('status')), position, reason });
      return reply;
    };
    let isOver = false;
    const watched = new Set<string>();
    const watching = (async () => {
      while (!isOver) {
        await new Promise(setImmediate);
        for (const uid of watched) note(await server.client().get(`/v2/bookings/${uid}`));
      }
    })();
    const made = async (wanted: Parameters<typeof book>[1]): Promise<string> => {
      const uid = uidOf(note(await book(server.client(), { prefer: 'respond-async', ...wanted })));
      watched.add(uid);
      return uid;
    };
    const first = await made({ minutes: 0 });
    const [yes, no] = [await made({ minutes: 30, eventTypeId: 2 }), await made({ minutes: 60, eventTypeId: 2 })];
    await made({ minutes: 90 });
    note(await confirm(server.client(), yes));
    note(await decline(server.client(), no));
    note(await cancel(server.client(), first));
    calendar.release();
    await expect.poll(() => unfinished(server.log(), SUBSCRIPTION), { timeout: 10_000 }).toEqual([]);
    isOver = true;
    await watching;

    const log = server.log();
    const different = shown.filter((one) => {
      const folded = foldedAt(log, one);
      return folded.status !== one.status || (one.status === 'pending' && one.reason !== (folded.reason ?? null));
    });
    expect(different).toEqual([]);
    expect(new Set(shown.map(({ status }) => status))).toEqual(
      new Set(['pending', 'accepted', 'cancelled', 'rejected']),
    );
    await server.restart();
    expect(shown.filter((one) => foldedAt(server.log(), one).status !== one.status)).toEqual([]);
  });
});
