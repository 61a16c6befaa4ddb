import { expect, test } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import { auditedEvent, NOW } from '../../../src/application/audit/read-for-audit.ts';
import { record } from '../../../src/application/commands/record.ts';
import { decisionChain } from '../../../src/projections/audit/decision-chain.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import {
  accepted,
  eventMissing,
  instant,
  leftPending,
  requested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const context = { commandId: 'one', actor: { kind: 'system' }, correlationId: 'booking1', causationId: null } as const;
const stream = 'booking-booking1';

const chainOf = (told: ReadonlyArray<BookingEvent>) => {
  const events = record({ eventId: deterministicId, sha256: sha256Hex })(told, context, '').map((event, revision) =>
    auditedEvent({ ...event, stream, revision, position: revision + 1 }),
  );
  return decisionChain('booking1', events, NOW, { ofActor: () => null });
};

test('given a host who has to approve, then by when, beside the deadline of calendars', () => {
  const frozenBy = (asked: BookingEvent) => chainOf([asked, leftPending('awaiting_approval')])?.rules;
  const asking = requested({ approval: { deadline: '11:00' }, deadline: '10:05' });
  expect(frozenBy(asking)).toMatchObject({ approvalDeadline: instant('11:00'), deadline: instant('10:05') });
  expect(frozenBy(requested())?.approvalDeadline).toBeNull();
});

test('given a booking that is pending again, then what was found in its calendar is why', () => {
  const told = [
    requested(),
    started('work'),
    succeeded('work'),
    accepted(),
    eventMissing('work', 'cancel', { at: '11:00' }),
  ];
  expect(chainOf(told)).toMatchObject({
    decision: { type: 'CalendarEventMissing', revision: 4 },
    standing: { status: 'pending', reason: 'calendar_does_not_hold_it' },
  });
});
