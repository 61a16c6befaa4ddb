import { describe, expect, it } from 'vitest';
import type { BookingCommand } from '../../../src/domain/booking/commands.ts';
import { command, rescheduleCommand as move } from '../../../src/testing/index.ts';
import { toldStory } from '../../support/told-story.ts';

const write = [command.startSync('work'), command.recordSuccess('work')];
const accepted = [command.request(), ...write, command.accept()];
const timed = [command.request({ remindersInMinutes: [60], noShowCheckInMinutes: 10 }), ...write, command.accept()];
const asking = [command.request({ requiresApproval: true }), command.leavePending('awaiting_approval')];
const refused = [command.request(), command.startSync('work'), command.recordFailure('work', 'forbidden')];

type Row = readonly [
  transition: string,
  before: ReadonlyArray<BookingCommand>,
  commands: ReadonlyArray<BookingCommand>,
  told: ReadonlyArray<readonly [trigger: string, fields: Readonly<Record<string, unknown>>]>,
];

const startTime = '2050-09-05T14:00:00Z';
const rows: ReadonlyArray<Row> = [
  ['requested', [], [command.request()], []],
  ['a calendar is written', [command.request()], write, []],
  [
    'accepted',
    [command.request(), ...write],
    [command.accept()],
    [['BOOKING_CREATED', { status: 'ACCEPTED', startTime, iCalSequence: 0 }]],
  ],
  [
    'waits for the host',
    [command.request({ requiresApproval: true })],
    [command.leavePending('awaiting_approval')],
    [['BOOKING_REQUESTED', { status: 'PENDING', startTime }]],
  ],
  ['approved, before a calendar has it', asking, [command.approve()], []],
  [
    'approved, and held',
    [...asking, command.approve(), ...write],
    [command.accept()],
    [['BOOKING_CREATED', { status: 'ACCEPTED', startTime }]],
  ],
  [
    'rejected',
    asking,
    [command.reject({ reason: 'Away' })],
    [['BOOKING_REJECTED', { status: 'REJECTED', rejectionReason: 'Away' }]],
  ],
  [
    'no calendar took it',
    refused,
    [command.leavePending('calendar_sync_failed')],
    [
      [
        'BOOKING_CALENDAR_SYNC_FAILED',
        {
          status: 'PENDING',
          calendarFailures: [{ calendarId: 'work', kind: 'forbidden', message: 'forbidden', retryable: false }],
        },
      ],
    ],
  ],
  [
    'expired',
    [...refused, command.leavePending('calendar_sync_failed')],
    [command.expire('calendar_sync_failed', { at: '12:00' })],
    [['BOOKING_REJECTED', { status: 'REJECTED' }]],
  ],
  ['a move is asked for', accepted, [move.request()], []],
  [
    'a move waits for the host',
    accepted,
    [move.request({ approvalNeeded: true })],
    [
      [
        'BOOKING_REQUESTED',
        {
          status: 'ACCEPTED',
          startTime,
          requestedReschedule: { startTime: '2050-09-05T15:00:00Z', outcome: 'awaiting_approval' },
        },
      ],
    ],
  ],
  [
    'moved',
    [...accepted, move.request(), move.start('work'), move.recordMove('work')],
    [move.complete()],
    [
      [
        'BOOKING_RESCHEDULED',
        {
          uid: 'booking1',
          status: 'ACCEPTED',
          startTime: '2050-09-05T15:00:00Z',
          endTime: '2050-09-05T15:30:00Z',
          rescheduleUid: 'booking1',
          rescheduleStartTime: startTime,
          rescheduleEndTime: '2050-09-05T14:30:00Z',
          rescheduledBy: 'runa@example.com',
          iCalSequence: 1,
        },
      ],
    ],
  ],
  [
    'a move is declined',
    [...accepted, move.request({ approvalNeeded: true })],
    [command.reject()],
    [
      [
        'BOOKING_RESCHEDULE_FAILED',
        {
          status: 'ACCEPTED',
          startTime,
          requestedReschedule: { startTime: '2050-09-05T15:00:00Z', outcome: 'declined' },
        },
      ],
    ],
  ],
  [
    'a move is refused by the calendar',
    [...accepted, move.request(), move.start('work'), move.recordFailure('work')],
    [move.fail('calendar_refused')],
    [
      [
        'BOOKING_RESCHEDULE_FAILED',
        {
          status: 'ACCEPTED',
          startTime,
          requestedReschedule: { startTime: '2050-09-05T15:00:00Z', outcome: 'calendar_refused' },
        },
      ],
    ],
  ],
  [
    'cancelled',
    accepted,
    [command.cancel('guest', { reason: 'Ill' })],
    [
      [
        'BOOKING_CANCELLED',
        { status: 'CANCELLED', cancellationReason: 'Ill', requestReschedule: false, iCalSequence: 1 },
      ],
    ],
  ],
  ['the event is removed', [...accepted, command.cancel()], [command.recordRemoval('work')], []],
  ['a reminder', timed, [command.fireTimers({ at: '13:00' })], []],
  [
    'the meeting starts',
    timed,
    [command.fireTimers({ at: '14:00' })],
    [['MEETING_STARTED', { status: 'ACCEPTED', startTime, lateBySeconds: 0 }]],
  ],
  [
    'nobody has said who came',
    [...timed, command.fireTimers({ at: '14:00' })],
    [command.fireTimers({ at: '14:10' })],
    [['BOOKING_NO_SHOW_CHECK', { status: 'ACCEPTED', startTime }]],
  ],
  [
    'the meeting ends',
    [...timed, command.fireTimers({ at: '14:00' }), command.fireTimers({ at: '14:10' })],
    [command.fireTimers({ at: '14:31' })],
    [['MEETING_ENDED', { status: 'ACCEPTED', endTime: '2050-09-05T14:30:00Z', lateBySeconds: 60 }]],
  ],
  [
    'the guest did not come',
    [...timed, command.fireTimers({ at: '14:00' })],
    [command.markAbsence({ attendees: { 'runa@example.com': true } }, { at: '14:05' })],
    [
      [
        'BOOKING_NO_SHOW_UPDATED',
        { bookingUid: 'booking1', hostNoShow: false, attendees: [{ email: 'runa@example.com', noShow: true }] },
      ],
      [
        'AFTER_GUESTS_CAL_VIDEO_NO_SHOW',
        {
          bookingUid: 'booking1',
          noShows: { hostNoShow: false, attendees: [{ email: 'runa@example.com', noShow: true }] },
        },
      ],
    ],
  ],
  [
    'the host did not come',
    [...timed, command.fireTimers({ at: '14:00' })],
    [command.markAbsence({ host: true }, { at: '14:05' })],
    [
      ['BOOKING_NO_SHOW_UPDATED', { bookingUid: 'booking1', hostNoShow: true }],
      ['AFTER_HOSTS_CAL_VIDEO_NO_SHOW', { bookingUid: 'booking1' }],
    ],
  ],
];

describe('each transition tells programs exactly this', () => {
  it.each(rows)('%s', async (_, before, commands, told) => {
    const { step } = toldStory();
    await step(...before);
    const { webhooks } = await step(...commands);
    expect(webhooks.map(({ trigger }) => trigger)).toEqual(told.map(([trigger]) => trigger));
    for (const [index, [, fields]] of told.entries()) {
      const payload = webhooks[index]?.payload ?? {};
      expect(payload).toMatchObject(fields);
      if (!('rescheduleUid' in fields)) expect(payload).not.toHaveProperty('rescheduleStartTime');
      if (!('cancellationReason' in fields)) expect(payload).not.toHaveProperty('cancellationReason');
    }
  });
});
