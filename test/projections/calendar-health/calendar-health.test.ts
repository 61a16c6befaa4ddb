import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BookingEvent } from '../../../src/domain/booking/events/index.ts';
import {
  acceptedStory,
  cancelled,
  event,
  removalFailed,
  removed,
  requested,
  syncFailed,
  syncStarted,
  syncSucceeded,
} from '../support/given-events.ts';
import type { Given } from '../support/given-read-model.ts';
import { caughtUp, givenReadModel, right } from '../support/given-read-model.ts';

const at = <E extends BookingEvent>(occurredAt: string, one: E): E => ({ ...one, occurredAt });

describe('the health of calendars', () => {
  let given: Given;
  beforeEach(async () => {
    given = await givenReadModel();
  });
  afterEach(() => given.cleanUp());

  const health = async () => {
    const projections = given.start();
    await caughtUp(projections, given.store);
    return right(projections.calendarHealth());
  };

  it('counts the failures since the last success, over all bookings', async () => {
    await given.append('booking-one', [requested(), syncStarted, at('2050-09-01T08:00:01Z', syncSucceeded)]);
    await given.append('booking-two', [requested(), syncStarted, syncFailed]);
    await given.append('booking-three', [requested(), syncStarted, at('2050-09-01T08:00:09Z', syncFailed)]);
    expect(await health()).toEqual([
      {
        calendarId: 'work',
        lastSuccessAt: '2050-09-01T08:00:01Z',
        failuresInRow: 2,
        lastFailure: {
          task: 'write',
          kind: 'network',
          message: 'no route',
          at: '2050-09-01T08:00:09Z',
          bookingUid: 'three',
        },
        pendingRemovals: [],
      },
    ]);
    await given.append('booking-three', [at('2050-09-01T08:01:00Z', syncSucceeded)]);
    expect(await health()).toMatchObject([{ failuresInRow: 0, lastSuccessAt: '2050-09-01T08:01:00Z' }]);
  });

  it('lists each calendar by itself', async () => {
    const data = { ...syncFailed.data, calendarId: 'home' };
    await given.append('booking-one', [...acceptedStory(), event('CalendarSyncFailed', data)]);
    expect(await health()).toMatchObject([
      { calendarId: 'home', failuresInRow: 1, lastSuccessAt: null },
      { calendarId: 'work', failuresInRow: 0, lastFailure: null },
    ]);
  });

  it('shows what could not be removed until it is removed (I3)', async () => {
    await given.append('booking-one', [...acceptedStory(), cancelled, removalFailed]);
    const again = { ...removalFailed, occurredAt: '2050-09-01T09:00:00Z', data: { ...removalFailed.data, attempt: 2 } };
    await given.append('booking-one', [again]);
    expect(await health()).toMatchObject([
      {
        failuresInRow: 2,
        lastFailure: { task: 'remove' },
        pendingRemovals: [{ bookingUid: 'one', since: removalFailed.occurredAt, attempts: 2, kind: 'network' }],
      },
    ]);
    await given.append('booking-one', [removed]);
    expect(await health()).toMatchObject([{ pendingRemovals: [], failuresInRow: 0 }]);
  });
});
