import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { adviceOn, adviceOnMail } from '../../../src/application/calendars/advice.ts';
import { checkCalendar } from '../../../src/application/calendars/check-calendar.ts';
import type { Calendar } from '../../../src/application/ports/calendar.ts';
import { failureKindCodec } from '../../../src/domain/calendar/calendar-failure.ts';
import { makeTestClock } from '../../support/clock.ts';
import { scriptedCalendar, type Plan } from '../../support/scripted-calendar.ts';

const check = checkCalendar({ clock: makeTestClock(), signal: new AbortController().signal });
const write = { id: 'a1', owner: { name: 'Odd', email: 'odd@example.com' }, timeZone: 'Europe/Oslo' };
const given = (plan: Plan = {}, more: Partial<Calendar> = {}) => {
  const work = scriptedCalendar({ calendarId: 'work', plan });
  return { ...work, calendar: { ...work.calendar, ...more } };
};
const found: Partial<Calendar> = { locate: () => TE.right('https://dav.example/odd/') };

describe('checking a calendar', () => {
  it('given one that works, then every step says so, and nothing is left in it', async () => {
    const work = given({}, found);
    const steps = await check(work.calendar, write);
    expect(steps.map(({ tried, outcome }) => [tried, outcome])).toEqual([
      ['find the calendar', 'ok'],
      ['read it', 'ok'],
      ['write a test event', 'ok'],
      ['find the test event', 'ok'],
      ['remove the test event', 'ok'],
    ]);
    expect(steps[0]?.said).toContain('https://dav.example/odd/');
    expect(work.events()).toEqual([]);
  });

  it('given no --write, then nothing is written', async () => {
    const work = given({}, found);
    expect((await check(work.calendar, null)).map(({ tried }) => tried)).toEqual(['find the calendar', 'read it']);
    expect(work.asked('create')).toBe(0);
  });

  it('given one that is not found, then what rests on that is skipped, and it says what to do', async () => {
    const locate: Calendar['locate'] = () =>
      TE.left({ kind: 'calendar-not-found', message: 'what lies there is none', cause: 'not-a-calendar' });
    const steps = await check(given({}, { locate }).calendar, write);
    expect(steps.map(({ outcome }) => outcome)).toEqual(['failed', 'skipped', 'skipped']);
    expect(steps[0]?.todo).toContain('calendarName');
  });

  it('given one that cannot be written to, or loses its answer, then removing is tried all the same', async () => {
    for (const type of ['lose-answer', 'refuse'] as const) {
      const work = given({ create: [type === 'refuse' ? { type, kind: 'forbidden' } : { type }] });
      const steps = await check(work.calendar, write);
      expect(steps.map(({ outcome }) => outcome)).toEqual(['skipped', 'ok', 'failed', 'skipped', 'ok']);
      expect(work.events()).toEqual([]);
    }
  });
});

describe('what a person is told to do', () => {
  it('given any kind of failure and any cause, then there is a reason and a remedy, each of its own', () => {
    const kinds = Object.keys(failureKindCodec.keys).filter((kind) => failureKindCodec.is(kind));
    const causes = ['dns', 'refused', 'tls', 'timeout', 'address-not-allowed', 'not-a-calendar'] as const;
    const said = [
      ...kinds.map((kind) => adviceOn({ kind })),
      ...causes.map((cause) => adviceOn({ kind: 'network', cause })),
    ];
    for (const { why, todo } of said) expect(Math.min(why.length, todo.length)).toBeGreaterThan(8);
    expect(new Set(said.map(({ why }) => why)).size).toBe(kinds.length + causes.length);
  });

  it('given a mail that was not taken, then login, name, port, encryption and refusal are told apart', () => {
    const causes = ['login', 'dns', 'refused', 'tls', 'timeout'] as const;
    const said = [
      ...causes.map((cause) => adviceOnMail({ type: 'try-later', cause })),
      adviceOnMail({ type: 'refused' }),
      adviceOnMail({ type: 'try-later' }),
    ];
    expect(new Set(said.map(({ why }) => why)).size).toBe(said.length);
  });
});
