import { describe, expect, it } from 'vitest';
import type { CalendarState } from '../../../src/domain/calendar/calendar-state.ts';
import { evolveCalendar, isElsewhere, noCalendar } from '../../../src/domain/calendar/calendar-state.ts';
import type { CalendarCommand, UnreadableFound } from '../../../src/domain/calendar/decide.ts';
import {
  decideCalendar,
  MOST_MAILS_A_DAY,
  MOST_NAMED,
  MOST_NAMED_A_DAY,
  REFUSALS_TOLD_EVERY_MS,
} from '../../../src/domain/calendar/decide.ts';
import type { CalendarStreamEvent } from '../../../src/domain/calendar/events.ts';
import { must } from '../../support/must.ts';

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;
const DAY = 86_400_000;
const now = ms('2050-09-01T08:00:00Z');
const week = { start: ms('2050-09-05T00:00:00Z'), end: ms('2050-09-12T00:00:00Z') };
const nine = { start: ms('2050-09-05T09:00:00Z'), end: ms('2050-09-05T10:00:00Z') };

const odd = (href: string, blocked = [nine]): UnreadableFound => ({ href, reason: 'it has no DTSTART', blocked });
const reading = (
  unreadable: ReadonlyArray<UnreadableFound>,
  more: Partial<{ now: number; window: typeof week }> = {},
) => ({ type: 'NoteReading', now, salt: '00', window: week, unreadable, ...more }) as const;

const decided = (state: CalendarState, command: CalendarCommand): ReadonlyArray<CalendarStreamEvent> =>
  must(decideCalendar(state, command));

/** The state after these commands, and the events that they led to. */
const after = (...commands: ReadonlyArray<CalendarCommand>) => {
  let state = noCalendar;
  const events: CalendarStreamEvent[] = [];
  for (const command of commands) {
    const added = decided(state, command);
    events.push(...added);
    state = added.reduce(evolveCalendar, state);
  }
  return { state, events, types: events.map(({ type }) => type) };
};

describe('objects of a calendar that cannot be read', () => {
  it('given several in one look, then one event names them all; seen again, then nothing', () => {
    const { events, state } = after(
      reading([odd('/a.ics'), odd('/b.ics'), odd('/a.ics')]),
      reading([odd('/b.ics'), odd('/a.ics')]),
    );
    expect(events).toMatchObject([
      {
        type: 'CalendarObjectsUnreadable',
        data: {
          more: 0,
          personal: {
            objects: [
              { href: '/a.ics', start: '2050-09-05T09:00:00Z', end: '2050-09-05T10:00:00Z' },
              { href: '/b.ics' },
            ],
          },
        },
      },
    ]);
    expect(state.unreadable).toHaveLength(2);
  });

  it('given one that a look over all its time does not report, then it is cleared', () => {
    const { events } = after(reading([odd('/a.ics'), odd('/b.ics')]), reading([odd('/b.ics')]));
    expect(events[1]).toMatchObject({ type: 'CalendarObjectsCleared', data: { personal: { hrefs: ['/a.ics'] } } });
  });

  it('given a look at a part of its time, then nothing is concluded: it may not lie there', () => {
    const half = { start: nine.start, end: nine.start + 1_800_000 };
    const other = { start: week.end, end: week.end + DAY };
    expect(
      after(reading([odd('/a.ics')]), reading([], { window: half }), reading([], { window: other })).types,
    ).toEqual(['CalendarObjectsUnreadable']);
  });

  it('given one that blocks more than was looked at, then the same look without it clears it', () => {
    const whole = [{ start: nine.start - DAY, end: nine.end + DAY }];
    const { types } = after(reading([odd('/a.ics', whole)], { window: nine }), reading([], { window: nine }));
    expect(types).toEqual(['CalendarObjectsUnreadable', 'CalendarObjectsCleared']);
  });

  it('given one whose time is long over, then it is forgotten', () => {
    const other = { start: now + 60 * DAY, end: now + 61 * DAY };
    const soon = reading([], { window: other, now: now + 30 * DAY });
    const late = reading([], { window: other, now: now + 40 * DAY });
    expect(after(reading([odd('/a.ics')]), soon).types).toHaveLength(1);
    expect(after(reading([odd('/a.ics')]), soon, late).types.at(-1)).toBe('CalendarObjectsCleared');
  });

  it('given no interval with it, then the whole window counts as its time', () => {
    expect(after(reading([odd('/a.ics', [])])).state.unreadable).toMatchObject([
      { start: '2050-09-05T00:00:00Z', end: '2050-09-12T00:00:00Z' },
    ]);
  });

  it('given ten thousand odd invitations, at once or one by one, then few are named, others counted', () => {
    const all = Array.from({ length: 10_000 }, (_, index) => odd(`/${index}.ics`));
    const atOnce = after(reading(all));
    expect(atOnce.state.unreadable).toHaveLength(MOST_NAMED_A_DAY);
    expect(atOnce.state.more).toBe(10_000 - MOST_NAMED_A_DAY);
    expect(atOnce.types).toHaveLength(1);

    const oneByOne = after(...all.slice(0, 2_000).map((_, index) => reading(all.slice(0, index + 1))));
    expect(oneByOne.types.filter((type) => type === 'CalendarObjectsUnreadable')).toHaveLength(MOST_MAILS_A_DAY);
    expect(oneByOne.types.length).toBeLessThan(MOST_MAILS_A_DAY + 12);
    expect(oneByOne.state.more).toBeGreaterThan(900);
  });

  it('given that every day for a year, then the list has an end', () => {
    const all = Array.from({ length: 1_000 }, (_, index) => odd(`/${index}.ics`, [week]));
    const year = Array.from({ length: 365 }, (_, day) => reading(all, { now: now + day * DAY }));
    const { state, types } = after(...year);
    expect(state.unreadable).toHaveLength(MOST_NAMED);
    expect(types.length).toBeLessThan(MOST_NAMED);
  });

  it('given somebody who adds and deletes them all day, then the log grows by a bounded number of events', () => {
    const flapping = Array.from({ length: 2_000 }, (_, index) => [reading([odd(`/${index}.ics`)]), reading([])]).flat();
    expect(after(...flapping).types.length).toBeLessThan(4 * MOST_NAMED_A_DAY);
  });

  it('cuts texts that somebody made long', () => {
    const [object] = after(reading([{ ...odd(`/${'x'.repeat(9_000)}`), reason: 'y'.repeat(9_000) }])).state.unreadable;
    expect([object?.href.length, object?.reason.length]).toEqual([1_000, 300]);
  });
});

describe('where a calendar is', () => {
  const place = (address: string, at = now) =>
    ({ type: 'NotePlace', now: at, salt: '00', provider: 'caldav', address }) as const;

  it('is written when it is known first, and when it changes', () => {
    expect(after(place('https://a/'), place('https://a/'), place('https://b/')).types).toEqual([
      'CalendarConnected',
      'CalendarAddressChanged',
    ]);
  });

  it('tells which bookings were stored elsewhere, also after the calendar came back', () => {
    const { state } = after(place('https://a/'), place('https://b/', now + DAY), place('https://a/', now + 2 * DAY));
    const storedAt = (at: number) => isElsewhere(state, Temporal.Instant.fromEpochMilliseconds(at).toString());
    expect([now - DAY, now, now + DAY, now + 1.5 * DAY, now + 2 * DAY].map(storedAt)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(isElsewhere(noCalendar, '2050-01-01T00:00:00Z')).toBe(false);
  });
});

describe('what nodes do for a calendar', () => {
  const lease = (node: string, at = now) =>
    ({ type: 'LeaseEffect', effect: 'x', lease: { node, until: at + 1_000 }, now: at }) as const;
  const told = { causedBy: 'e1', channel: 'mail', notification: 'x', recipient: 'odd' } as const;

  it('is refused to one node while another has the lease, and no longer', () => {
    const { state } = after(lease('a'));
    expect(decideCalendar(state, lease('b'))).toMatchObject({ left: { type: 'LeasedElsewhere', node: 'a' } });
    expect(decided(state, lease('b', now + 1_000))).toMatchObject([{ type: 'CalendarEffectLeased' }]);
  });

  it('is written once: what was sent is not sent again, what was parked may still be sent', () => {
    const sent = { type: 'RecordNotification', now, sent: { ...told, messageId: '<m>' } } as const;
    const parked = { type: 'ParkNotification', now, parked: { ...told, reason: 'no' } } as const;
    expect(after(parked, parked, sent, sent, parked).types).toEqual([
      'CalendarNotificationParked',
      'CalendarNotificationSent',
    ]);
  });
});

describe('S28 bookings that are refused because a calendar cannot be read', () => {
  const refusedAt = (at: number, message = 'no way') =>
    ({ type: 'NoteRefusedBooking', now: at, start: nine.start, failure: { kind: 'network', message } }) as const;

  it('given a thousand in a day, then the first is an event, and the next one a day later', () => {
    const thousand = Array.from({ length: 1_000 }, (_, index) => refusedAt(now + index));
    const { events } = after(
      ...thousand,
      refusedAt(now + REFUSALS_TOLD_EVERY_MS - 1),
      refusedAt(now + REFUSALS_TOLD_EVERY_MS),
    );
    expect(events).toEqual(
      ['2050-09-01T08:00:00Z', '2050-09-02T08:00:00Z'].map((occurredAt) => ({
        type: 'CalendarUnreadableForBooking',
        occurredAt,
        data: { start: '2050-09-05T09:00:00Z', kind: 'network', message: 'no way' },
      })),
    );
  });

  it('given an outage that was told already, then nothing more is', () => {
    const told = {
      type: 'NoteTry',
      failure: { kind: 'network', message: 'no way' },
      since: now - 600_000,
      alertAfterMs: 0,
    } as const;
    expect(after({ ...told, now }, refusedAt(now + 1)).types).not.toContain('CalendarUnreadableForBooking');
    expect(after(refusedAt(now - 1), { ...told, now }).types).toContain('CalendarUnreadable');
  });

  it('given a calendar that says a lot, then 300 characters of it are kept', () => {
    const [event] = after(refusedAt(now, 'x'.repeat(5_000))).events;
    expect(event).toMatchObject({ data: { message: 'x'.repeat(300) } });
  });
});
