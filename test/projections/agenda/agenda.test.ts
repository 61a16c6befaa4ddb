import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScheduleEvent } from '../../../src/domain/schedule/events.ts';
import { intervalOf } from '../../../src/domain/time/interval.ts';
import type { Given } from '../support/given-read-model.ts';
import { caughtUp, givenReadModel, right } from '../support/given-read-model.ts';

const occurredAt = '2050-09-01T08:00:00Z';
const held = (bookingUid: string, from: string, to: string): ScheduleEvent => ({
  type: 'SlotHeld',
  occurredAt,
  data: {
    bookingUid,
    eventTypeId: 1,
    start: `2050-09-05T${from}:00Z`,
    end: `2050-09-05T${to}:00Z`,
    claim: { start: `2050-09-05T${from}:00Z`, end: `2050-09-05T${to}:10Z` },
  },
});
const confirmed = (bookingUid: string): ScheduleEvent => ({ type: 'SlotConfirmed', occurredAt, data: { bookingUid } });
const released = (bookingUid: string): ScheduleEvent => ({
  type: 'SlotReleased',
  occurredAt,
  data: { bookingUid, reason: 'cancelled' },
});

describe('the agenda of a host', () => {
  let given: Given;
  beforeEach(async () => {
    given = await givenReadModel();
  });
  afterEach(() => given.cleanUp());

  const agenda = async (from: string, to: string, hostId = 'odd') => {
    const projections = given.start();
    await caughtUp(projections, given.store);
    const span = intervalOf({ start: `2050-09-05T${from}:00Z`, end: `2050-09-05T${to}:00Z` });
    const entries = await right(projections.agenda(hostId, span));
    return entries.map(({ bookingUid, status }) => `${bookingUid} ${status}`);
  };

  it('says what is held and what is confirmed, by start, of that host alone', async () => {
    await given.append('schedule-odd', [held('b', '10:00', '11:00'), held('a', '09:00', '09:30'), confirmed('b')]);
    await given.append('schedule-eva', [held('c', '09:00', '09:30')]);
    expect(await agenda('00:00', '23:00')).toEqual(['a held', 'b confirmed']);
    expect(await agenda('00:00', '23:00', 'eva')).toEqual(['c held']);
  });

  it('drops what was released, and takes it in again when it is held anew', async () => {
    await given.append('schedule-odd', [held('a', '09:00', '09:30'), confirmed('a'), released('a')]);
    expect(await agenda('00:00', '23:00')).toEqual([]);
    await given.append('schedule-odd', [confirmed('a'), held('b', '09:00', '09:30')]);
    expect(await agenda('00:00', '23:00')).toEqual(['b held']);
  });

  it('takes a span as half-open, buffers included', async () => {
    await given.append('schedule-odd', [held('a', '09:00', '09:30')]);
    expect(await agenda('08:00', '09:00')).toEqual([]);
    expect(await agenda('09:30', '10:00')).toEqual(['a held']);
    expect(await agenda('09:31', '10:00')).toEqual([]);
  });
});
