import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventType } from '../../../src/domain/bookable/event-type.ts';
import { planApproval } from '../../../src/domain/booking/approval.ts';
import { toEpochMs, toInstant } from '../../../src/domain/time/time.ts';
import {
  approvalReminderDue,
  approved,
  cancelled,
  command,
  expired,
  given,
  instant,
  rejected,
  requestData,
  requested,
} from '../../../src/testing/index.ts';
import { must } from '../../support/must.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const now = toEpochMs('2050-09-01T10:00:00Z');
const typeWith = (changes: object) =>
  must(eventType.decode({ id: 1, slug: 'ask', title: 'Ask', lengthInMinutes: 30, ...changes }));
const always = typeWith({ requiresConfirmation: true });
const nearer = typeWith({
  confirmationPolicy: { type: 'time', noticeThreshold: { unit: 'days', count: 3 } },
});
const faultsOf = (changes: object) =>
  eventType.decode({ id: 1, slug: 'ask', title: 'Ask', lengthInMinutes: 30, ...changes })._tag;

describe('whether and how long the host is asked', () => {
  it('S23 by threshold: a start nearer than three days is asked about, one at three days or later is not', () => {
    expect(planApproval(nearer, now, now + 10 * DAY_MS)).toBeNull();
    expect(planApproval(nearer, now, now + 3 * DAY_MS)).toBeNull();
    expect(planApproval(nearer, now, now + 3 * DAY_MS - 1)).not.toBeNull();
    expect(planApproval(nearer, now, now + 2 * DAY_MS)).not.toBeNull();
    expect(planApproval(typeWith({}), now, now + DAY_MS)).toBeNull();
  });

  it.each([
    ['two hours before the start', 10 * DAY_MS, 10 * DAY_MS - 2 * HOUR_MS],
    ['the same where half of the time is as long', 4 * HOUR_MS, 2 * HOUR_MS],
    ['half of the time that is left, where that is later', 3 * HOUR_MS, 1.5 * HOUR_MS],
    ['half of it, where two hours before is over', HOUR_MS, HOUR_MS / 2],
  ])('the deadline: %s', (_, untilStart, untilDeadline) => {
    expect(planApproval(always, now, now + untilStart)?.deadline).toBe(toInstant(now + untilDeadline));
  });

  it('the deadline is after the request and before the start, however short; reminders before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 400 * DAY_MS }), fc.nat(100_000), (untilStart, minutes) => {
        const policy = { type: 'always', deadlineBeforeStartInMinutes: minutes, remindHostAfterInMinutes: [60, 1] };
        const plan = planApproval(typeWith({ confirmationPolicy: policy }), now, now + untilStart);
        const deadline = toEpochMs(plan?.deadline ?? '');
        expect(deadline).toBeGreaterThan(now);
        expect(deadline).toBeLessThanOrEqual(now + untilStart);
        expect(plan?.remindAt.every((at) => toEpochMs(at) < deadline)).toBe(true);
        expect(plan?.remindAt.toSorted()).toEqual(plan?.remindAt);
      }),
    );
  });

  it('reminders after 3, 24 and 48 hours, unless told otherwise', () => {
    const hours = (list: ReadonlyArray<number>) => list.map((hour) => toInstant(now + hour * HOUR_MS));
    expect(planApproval(always, now, now + 10 * DAY_MS)?.remindAt).toEqual(hours([3, 24, 48]));
    expect(planApproval(always, now, now + 30 * HOUR_MS)?.remindAt).toEqual(hours([3, 24]));
  });

  it.each([
    { confirmationPolicy: { type: 'time' } },
    { confirmationPolicy: { type: 'always', noticeThreshold: { unit: 'days', count: 1 } } },
    { confirmationPolicy: { type: 'time', noticeThreshold: { unit: 'weeks', count: 1 } } },
    { confirmationPolicy: { type: 'time', noticeThreshold: { unit: 'days', count: 0 } } },
    { confirmationPolicy: { type: 'always' }, requiresConfirmation: true },
    { confirmationPolicy: { type: 'never' } },
  ])('a policy that says nothing clear is refused: %j', (changes) => expect(faultsOf(changes)).toBe('Left'));
});

describe('deciding about a request', () => {
  const asked = requested({ approval: { deadline: '13:00', remindAt: ['11:00', '12:00'] } });

  it('S22 approving at the deadline or after it is refused, by the clock alone; before it is not', () => {
    given(asked)
      .when(command.approve({ at: '12:59:59' }))
      .then(approved({ at: '12:59:59' }));
    const late = { type: 'ApprovalTooLate', deadline: instant('13:00') } as const;
    given(asked)
      .when(command.approve({ at: '13:00' }))
      .thenRefused(late);
    given(asked, expired('approval_missed', { at: '13:00' }))
      .when(command.approve({ at: '13:00' }))
      .thenRefused({ type: 'NotPending', status: 'rejected' });
  });

  it('with the slot of a time that it has been moved from it is not approved', () => {
    const approve = { type: 'ApproveBooking', now: toEpochMs(instant('10:30')) } as const;
    const { start } = requestData();
    given(asked)
      .when({ ...approve, start })
      .then(approved({ at: '10:30' }));
    given(asked)
      .when({ ...approve, start: instant('09:00') })
      .thenRefused({ type: 'RescheduledMeanwhile', start, inFlight: null });
  });

  it('after it was approved, approving again changes nothing; after an end it is refused (S19)', () => {
    given(asked, approved())
      .when(command.approve({ at: '13:30' }))
      .thenNothing();
    given(asked, rejected()).when(command.approve()).thenRefused({ type: 'NotPending', status: 'rejected' });
    given(asked, approved(), cancelled())
      .when(command.approve())
      .thenRefused({ type: 'NotPending', status: 'cancelled' });
  });

  it('a reminder is due at its time and not before; of several that are due the last stands for all', () => {
    given(asked)
      .when(command.remindOfApproval(1, { at: '11:00' }))
      .then(approvalReminderDue(1, { at: '11:00' }));
    given(asked)
      .when(command.remindOfApproval(1, { at: '12:30' }))
      .then(approvalReminderDue(2, { at: '12:30' }));
    given(asked, approvalReminderDue(1, { at: '11:00' }))
      .when(command.remindOfApproval(2, { at: '11:30' }))
      .thenRefused({ type: 'NotJustified', detail: 'reminder 2 of the approval is not due' });
    given(asked, approved())
      .when(command.remindOfApproval(1, { at: '11:00' }))
      .thenNothing();
  });
});
