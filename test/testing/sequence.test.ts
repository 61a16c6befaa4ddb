import { AssertionError } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as testing from '../../src/testing/index.ts';
import {
  accept,
  accepted,
  approved,
  cancelled,
  command,
  detailsCommand,
  rescheduleCommand,
  watchCommand,
  expired,
  failed,
  given,
  givenSchedule,
  inOrder,
  requested,
  sequence,
  slotConfirmed,
  slotHeld,
  slotReleased,
  started,
  succeeded,
  variantsOf,
  writeCalendar,
} from '../../src/testing/index.ts';

const failureOf = (check: () => unknown): string => {
  try {
    check();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  return 'nothing was thrown';
};

/** A failure of ours that says of itself what is not so. */
const lying = { ...failed('work', 'forbidden'), data: { ...failed('work', 'forbidden').data, retryable: true } };

/** All that a test runner shows of a failure: the message, and both sides. */
const thrownBy = (check: () => unknown): string => {
  try {
    check();
  } catch (error) {
    if (error instanceof AssertionError) return JSON.stringify([error.message, error.actual, error.expected]);
    throw error;
  }
  return 'nothing was thrown';
};

const types = (name: string, ...steps: Parameters<typeof variantsOf>[1]): ReadonlyArray<string> =>
  variantsOf(requested(), steps)
    .filter((variant) => variant.name.includes(name))
    .map(({ parts }) => parts.map((part) => part.map(({ type }) => type).join(' ')).join(' | '));

describe('the variants of a sequence', () => {
  it('restarts after every event', () => {
    expect(types('restarted', started('work'), succeeded('work'))).toEqual([
      'BookingRequested | CalendarSyncStarted CalendarSyncSucceeded',
      'BookingRequested CalendarSyncStarted | CalendarSyncSucceeded',
    ]);
  });

  it('every event again, at once and at every later place', () => {
    expect(types('again', cancelled())).toEqual([
      'BookingRequested BookingRequested BookingCancelled',
      'BookingRequested BookingCancelled BookingRequested',
      'BookingRequested BookingCancelled BookingCancelled',
    ]);
  });

  it('every two neighbours swapped, the request never', () => {
    expect(types('swapped', started('work'), succeeded('work'), accepted())).toEqual([
      'BookingRequested CalendarSyncSucceeded CalendarSyncStarted BookingAccepted',
      'BookingRequested CalendarSyncStarted BookingAccepted CalendarSyncSucceeded',
    ]);
  });

  it('events in order are not swapped with each other, and are with their neighbours', () => {
    expect(types('swapped', started('work'), inOrder(cancelled(), expired()), succeeded('work'))).toEqual([
      'BookingRequested BookingCancelled CalendarSyncStarted BookingExpired CalendarSyncSucceeded',
      'BookingRequested CalendarSyncStarted BookingCancelled CalendarSyncSucceeded BookingExpired',
    ]);
  });
});

describe('a sequence that does not end as it should', () => {
  it('names the variant and tells its story', () => {
    const message = failureOf(() =>
      sequence(requested(), started('work'), succeeded('work'), accepted()).endsAs('cancelled'),
    );
    expect(message).toContain('as it stands');
    expect(message).toMatch(/2050-09-05T10:00:00Z CalendarSyncSucceeded work #1\n.*BookingAccepted/);
  });

  it('fails as it stands, whatever its variants do', () => {
    expect(failureOf(() => sequence(requested()).endsAs('accepted'))).toContain('as it stands');
  });

  it('comes to rest by the decisions of the real decider', () => {
    const story = failureOf(() =>
      sequence(requested(), started('work'), failed('work', 'forbidden')).at('12:00').endsAs('pending'),
    );
    expect(story).toMatch(/BookingLeftPending\n.*BookingExpired/);
  });

  it('an effect more, less, later or in another order is a difference', () => {
    const one = sequence(requested(), started('work'), succeeded('work'));
    expect(failureOf(() => one.yields())).toContain('wants something else');
    expect(failureOf(() => one.yields(accept(), accept()))).toContain('wants something else');
    expect(failureOf(() => one.yields({ ...accept(), at: '2050-09-05T10:00:00Z' }))).toContain('wants something else');
    expect(failureOf(() => one.yields(writeCalendar('work')))).toContain('wants something else');
  });
});

describe('a past that no log holds', () => {
  it.each([
    [
      'an acceptance without a success',
      () => sequence(requested(), accepted()),
      /BookingAccepted \(event 2 of 2\).*no calendar/,
    ],
    [
      'a success without an attempt',
      () => sequence(requested(), succeeded('work')),
      /SyncSucceeded work #1.*no attempt/,
    ],
    [
      'a success without an id',
      () => given(requested(), started('work'), succeeded('work', ' ')),
      /CalendarSyncFailed/,
    ],
    ['a calendar that was not asked for', () => given(requested(), started('wrok')), /calendar wrok was not .*work/],
    ['two endings', () => sequence(requested(), inOrder(cancelled(), expired())), /BookingExpired.*cancelled/],
    ['an expiry before its time', () => given(requested(), expired('calendar_sync_failed', { at: '11:59' })), /12:00/],
    ['an approval of nothing', () => sequence(requested(), approved()), /BookingApproved \(event 2 of 2\)/],
    ['a second request', () => given(requested(), requested()), /BookingRequested \(event 2 of 2\).*before/],
    ['a story without its beginning', () => given(started('work')), /nobody has asked/],
    [
      'a failure that says it is worth a retry',
      () => given(requested(), started('work'), lying),
      /data.retryable is true/,
    ],
    [
      'a slot that nobody holds',
      () => givenSchedule(slotReleased('booking1')),
      /SlotReleased booking1 .*holds no slot/,
    ],
    [
      'one time held twice',
      () => givenSchedule(slotHeld('a', '14:00', '14:30'), slotHeld('b', '14:15', '14:45')),
      /by booking a/,
    ],
  ])('%s is refused, by name and with the reason', (_what, told, reason) => {
    expect(failureOf(told)).toMatch(reason);
  });

  it('says nothing of how the library is made', () => {
    const wrong = [
      () => given(requested()).when(command.accept()).then(accepted()),
      () => given(requested()).when(command.cancel()).thenRefused({ type: 'NotLive' }),
      () => given(requested(), cancelled()).when(command.approve()).thenRefused({ type: 'NotLive' }),
      () => givenSchedule().when({ type: 'ConfirmSlot', now: 0, bookingUid: 'a' }).then(slotConfirmed('a')),
    ];
    for (const one of wrong) {
      const told = thrownBy(one);
      expect(told).toContain('The command');
      expect(told).not.toMatch(/_tag|\bright\b|\bleft\b/);
    }
  });
});

describe('the words', () => {
  const read = (path: string) => readFile(join(import.meta.dirname, '../..', path), 'utf8');
  /** What the package exports for other purposes than telling a story. */
  const tools = ['given', 'givenFor', 'givenSchedule', 'sequence', 'inOrder', 'variantsOf', 'instant', 'epochMs'];

  it('have a line each in the guide, with no other among them', async () => {
    const rows = [...(await read('docs/saga-tests.md')).matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) =>
      [...(cell ?? '').matchAll(/`([\w.]+)\(/g)].map(([, word]) => word),
    );
    const words = Object.keys(testing).filter(
      (name) =>
        ![...tools, 'command', 'detailsCommand', 'rescheduleCommand', 'watchCommand', 'requestData'].includes(name),
    );
    const commands = Object.entries({ command, detailsCommand, rescheduleCommand, watchCommand }).flatMap(([of, all]) =>
      Object.keys(all).map((name) => `${of}.${name}`),
    );
    expect(rows.sort()).toEqual([...words, ...commands].sort());
  });

  it('say what they mean in their JSDoc', async () => {
    for (const file of [
      'booking-events',
      'calendar-events',
      'effects',
      'commands',
      'reschedule-events',
      'reschedule-commands',
    ]) {
      const source = await read(`src/testing/${file}.ts`);
      const defined = [...source.matchAll(/^(?:export const | {2})(\w+)(?: = |: )\(/gm)];
      expect(defined.length).toBeGreaterThan(5);
      for (const { 1: word, index } of defined)
        expect({ word, documented: source.slice(0, index).trimEnd().endsWith('*/') }).toEqual({
          word,
          documented: true,
        });
    }
  });
});

describe('given, when, then', () => {
  const booked = given(requested(), started('work'), succeeded('work'));

  it('compares events with their times', () => {
    expect(failureOf(() => booked.when(command.accept()).then(accepted({ at: '10:01' })))).toContain('other events');
    expect(failureOf(() => booked.when(command.accept()).thenNothing())).toContain('other events');
  });

  it('tells a refusal from events, and one refusal from another', () => {
    expect(failureOf(() => booked.when(command.accept()).thenRefused({ type: 'NotPending' }))).toContain('not refused');
    const gone = given(requested(), cancelled()).when(command.approve());
    expect(failureOf(() => gone.thenRefused({ type: 'NotLive' }))).toContain('refused otherwise');
    expect(failureOf(() => gone.thenNothing())).toContain('is refused');
    gone.thenRefused({ type: 'NotPending', status: 'cancelled' });
  });
});
