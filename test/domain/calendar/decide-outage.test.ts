import { describe, expect, it } from 'vitest';
import { evolveCalendar, noCalendar } from '../../../src/domain/calendar/calendar-state.ts';
import { decideCalendar } from '../../../src/domain/calendar/decide.ts';
import type { NoteTry } from '../../../src/domain/calendar/decide-outage.ts';
import type { FailureKind } from '../../../src/domain/calendar/calendar-failure.ts';
import type { CalendarStreamEvent } from '../../../src/domain/calendar/events.ts';
import { judgeCalendarEvent } from '../../../src/domain/audit/judge-schedule.ts';
import { must } from '../../support/must.ts';

const MINUTE = 60_000;
const began = Temporal.Instant.from('2050-09-01T08:00:00Z').epochMilliseconds;

type Look = { readonly minute: number; readonly kind?: FailureKind };
const commandOf = ({ minute, kind }: Look) =>
  ({
    type: 'NoteTry',
    now: began + minute * MINUTE,
    since: began,
    alertAfterMs: 10 * MINUTE,
    failure: kind === undefined ? null : { kind, message: kind },
  }) satisfies NoteTry & { readonly now: number };

/** What these looks, one after the other, lead to in the calendar's stream; each event is judged as an auditor does. */
const after = (...looks: ReadonlyArray<Look>) => {
  let state = noCalendar;
  const events: CalendarStreamEvent[] = [];
  for (const look of looks)
    for (const event of must(decideCalendar(state, commandOf(look)))) {
      events.push(event);
      state = must(judgeCalendarEvent(state, event));
    }
  return { state, events, types: events.map(({ type }) => type) };
};

const network = (minute: number): Look => ({ minute, kind: 'network' });

describe('a calendar that cannot be read', () => {
  it('given an outage that passes before it is told, then it begins and ends, and nobody is told', () => {
    const { types, events, state } = after(network(1), network(5), { minute: 6 }, { minute: 11 });
    expect(types).toEqual(['CalendarReadingFailed', 'CalendarReadableAgain']);
    expect(events[1]?.data).toEqual({ unreadableSince: '2050-09-01T08:00:00Z', told: false });
    expect(state.outage).toBeNull();
  });

  it('given one that lasts, then it is told once, since its first failure, and its end says so', () => {
    const { types, events, state } = after(network(1), network(9), network(10), network(11), network(600));
    expect(types).toEqual(['CalendarReadingFailed', 'CalendarUnreadable']);
    expect(events[1]?.data).toEqual({ since: '2050-09-01T08:00:00Z', kind: 'network', message: 'network' });
    expect(state.outage).toMatchObject({ toldAt: '2050-09-01T08:10:00Z', credential: false });
    expect(must(decideCalendar(state, commandOf({ minute: 601 })))).toMatchObject([
      { type: 'CalendarReadableAgain', data: { told: true } },
    ]);
  });

  it.each(['auth-revoked', 'auth-expired', 'no-credential'] as const)(
    'given a credential that is refused (%s), then that is told at once, and once',
    (kind) => {
      const { types } = after({ minute: 1, kind }, { minute: 2, kind }, { minute: 60, kind }, network(90));
      expect(types).toEqual(['CalendarReadingFailed', 'CalendarCredentialRefused']);
    },
  );

  it('given an outage that was told and turns into a refused credential, then that is told too', () => {
    const revoked = { minute: 12, kind: 'auth-revoked' } as const;
    const { types } = after(network(1), network(11), revoked, { ...revoked, minute: 13 }, network(40), { minute: 41 });
    expect(types).toEqual([
      'CalendarReadingFailed',
      'CalendarUnreadable',
      'CalendarCredentialRefused',
      'CalendarReadableAgain',
    ]);
  });

  it('given a process that starts in the middle of an outage, then its beginning is that of the log', () => {
    const { state } = after(network(1));
    const later = { ...commandOf(network(10)), since: began + 9 * MINUTE };
    expect(must(decideCalendar(state, later))).toMatchObject([
      { type: 'CalendarUnreadable', data: { since: '2050-09-01T08:00:00Z' } },
    ]);
  });

  it('given a calendar that can be read, then nothing is written, however often', () => {
    expect(after({ minute: 0 }, { minute: 5 }, { minute: 10 }).types).toEqual([]);
  });

  it('given what a calendar said at length, then so much of it is kept as can be shown', () => {
    const failure = { kind: 'network', message: 'x'.repeat(5_000) } as const;
    const [event] = must(decideCalendar(noCalendar, { ...commandOf(network(1)), failure }));
    expect(event).toMatchObject({ data: { message: 'x'.repeat(500) } });
    expect(event === undefined ? null : evolveCalendar(noCalendar, event).outage?.message).toHaveLength(500);
  });
});
