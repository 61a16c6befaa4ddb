import { AssertionError } from 'node:assert';
import { describe, expect, it } from 'vitest';
import {
  accept,
  accepted,
  cancelled,
  command,
  expired,
  failed,
  given,
  inOrder,
  requested,
  sequence,
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
    const message = failureOf(() => sequence(requested(), cancelled(), expired()).endsAs('cancelled'));
    expect(message).toContain('BookingCancelled (2) and BookingExpired (3) swapped');
    expect(message).toMatch(/2050-09-05T12:00:00Z BookingExpired\n.*BookingCancelled/);
  });

  it('fails as it stands, whatever its variants do', () => {
    expect(failureOf(() => sequence(requested()).endsAs('accepted'))).toContain('as it stands');
  });

  it('comes to rest by the decisions of the real decider', () => {
    const story = failureOf(() => sequence(requested(), failed('work', 'forbidden')).at('12:00').endsAs('pending'));
    expect(story).toMatch(/BookingLeftPending\n.*BookingExpired/);
  });

  it('an effect more, less, later or in another order is a difference', () => {
    const one = sequence(requested(), succeeded('work'));
    expect(failureOf(() => one.yields())).toContain('wants something else');
    expect(failureOf(() => one.yields(accept(), accept()))).toContain('wants something else');
    expect(failureOf(() => one.yields({ ...accept(), at: '2050-09-05T10:00:00Z' }))).toContain('wants something else');
    expect(failureOf(() => one.yields(writeCalendar('work')))).toContain('wants something else');
  });
});

describe('given, when, then', () => {
  const booked = given(requested(), succeeded('work'));

  it('compares events with their times', () => {
    expect(failureOf(() => booked.when(command.accept()).then(accepted({ at: '10:01' })))).toContain('other events');
    expect(failureOf(() => booked.when(command.accept()).thenNothing())).toContain('other events');
  });

  it('tells a refusal from events, and one refusal from another', () => {
    expect(failureOf(() => booked.when(command.accept()).thenRefused({ type: 'NotPending' }))).toContain('not refused');
    const gone = given(requested(), cancelled()).when(command.approve());
    expect(failureOf(() => gone.thenRefused({ type: 'NotLive' }))).toContain('not refused');
    expect(failureOf(() => gone.thenNothing())).toContain('other events');
    gone.thenRefused({ type: 'NotPending', status: 'cancelled' });
  });
});
