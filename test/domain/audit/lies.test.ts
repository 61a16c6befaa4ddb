import { describe, expect, it } from 'vitest';
import { firstImpossible } from '../../../src/domain/audit/judge-booking.ts';
import { type BookingEvent, bookingEventCodecs } from '../../../src/domain/booking/events.ts';
import * as say from '../../../src/testing/index.ts';

const { requested, started, succeeded, failed, accepted, leftPending, cancelled, expired, confirmed } = say;

/** Stories that the deciders tell, each up to a moment at which something else may be claimed. */
const asked = [requested()];
const writing = [...asked, started('work')];
const held = [...writing, succeeded('work')];
const on = [...held, accepted()];
const off = [...on, cancelled()];
const failing = [...writing, failed('work', 'network', { retryAt: '10:01' })];
const pending = [...failing, leftPending('calendar_sync_failed', { failures: [failed('work', 'network')] })];
const toApprove = [requested({ requiresApproval: true }), leftPending('awaiting_approval')];
const withoutCalendar = [requested({ calendars: [] })];
const moving = [...on, say.rescheduleRequested()];
const missing = [...on, confirmed('work'), say.eventMissing('work', 'pending')];
const told = [...on, say.notificationSent()];
const over = [...on, say.meetingStarted(), say.meetingEnded()];

const byStranger = [requested({ invitesOnceVerified: true })];
const at = say.instant('10:00');

type Lie = readonly [what: string, story: ReadonlyArray<BookingEvent>, claim: BookingEvent];

/** What somebody may want to have happened, at a place where no decider writes it. */
const lies: ReadonlyArray<Lie> = [
  ['a second request', asked, requested()],
  ['a request of something that was called off', off, requested()],
  ['a request that was abandoned after it was made', asked, { type: 'RequestAbandoned', occurredAt: at, data: {} }],
  ['an acceptance before any calendar was asked', asked, accepted()],
  ['an acceptance while the calendar is asked', writing, accepted()],
  ['an acceptance after a failure', failing, accepted()],
  ['an acceptance as without calendars, where there is one', held, accepted({ reason: 'no_calendar_connected' })],
  ['an acceptance by a calendar, where there is none', withoutCalendar, accepted()],
  ['a second acceptance', on, accepted()],
  ['an acceptance that was not approved', toApprove, accepted()],
  ['an acceptance after the end', off, accepted()],
  ['an outcome without an attempt', asked, succeeded('work')],
  ['an outcome of another attempt', writing, succeeded('work', 'evt-1', { attempt: 2 })],
  ['an outcome of a calendar that was not asked', writing, succeeded('home')],
  ['a second outcome', held, succeeded('work')],
  ['a failure without an attempt', asked, failed('work', 'network', { retryAt: '10:01' })],
  ['an attempt at a calendar of somebody else', asked, started('home')],
  ['a second attempt beside the first', writing, started('work', { attempt: 2 })],
  ['an attempt that skips one', failing, started('work', { attempt: 3 })],
  ['an attempt after the end', off, started('work', { attempt: 2 })],
  ['a wait for an approval that nobody needs', asked, leftPending('awaiting_approval')],
  [
    'a wait that is told twice',
    pending,
    leftPending('calendar_sync_failed', { failures: [failed('work', 'network')] }),
  ],
  ['an approval that nobody asked for', asked, say.approved()],
  ['a second approval', [...toApprove, say.approved()], say.approved()],
  ['a reminder of an approval that was not planned', toApprove, say.approvalReminderDue(1)],
  ['a refusal of what needs no approval', on, say.rejected()],
  ['an end of time for what is on', on, expired()],
  ['an end of time for another reason than the one', pending, expired('approval_missed')],
  ['a second cancellation', off, cancelled()],
  ['a cancellation of what was refused', [...toApprove, say.rejected()], cancelled()],
  ['a confirmation in the calendar before the acceptance', held, confirmed('work')],
  ['a second confirmation in the calendar', [...on, confirmed('work')], confirmed('work')],
  ['a removal from a calendar that holds nothing', asked, say.removed('work')],
  ['a removal of what is on', on, say.removed('work')],
  ['a second removal', [...off, say.removed('work')], say.removed('work')],
  ['a room that nobody needs', asked, say.roomReady()],
  ['a room that could not be had and was not wanted', asked, say.roomFailed()],
  ['a new time that nobody asked for', on, say.rescheduled()],
  ['a new time before its calendar moved', moving, say.rescheduled()],
  ['a second request for the same new time', moving, say.rescheduleRequested()],
  ['an approval of a new time that needs none', moving, say.rescheduleApproved()],
  ['a refusal of a new time that needs no approval', moving, say.rescheduleDeclined()],
  ['a new time of what was called off', off, say.rescheduleRequested()],
  ['a move in the calendar that nobody asked for', on, say.moveStarted('work')],
  ['the end of a move that has not begun', moving, say.moved('work')],
  ['a guest who was taken off and never there', on, say.guestRemoved(1)],
  ['guests who are counted from elsewhere', on, say.guestsAdded(['ivar@example.com'], { first: 3 })],
  ['another place for what was called off', off, say.locationChanged('Storgata 1')],
  ['an event missing where none was', asked, say.eventMissing('work', 'pending')],
  ['an event missing twice', missing, say.eventMissing('work', 'pending', { number: 2 })],
  ['an event moved to where it is', [...on, confirmed('work')], say.eventMoved('work', '14:00', 'ask')],
  ['an event back that was not away', [...on, confirmed('work')], say.eventVerified('work', { number: 1 })],
  ['an event to be put back that is there', [...on, confirmed('work')], say.restoreRequested('work')],
  ['an event not followed that was not moved', [...on, confirmed('work')], say.notFollowed('work')],
  ['a message that was sent twice', told, say.notificationSent()],
  ['a message given up that was sent', told, say.notificationParked()],
  ['a mailbox shown twice', [...byStranger, say.mailboxVerified()], say.mailboxVerified()],
  ['a mailbox shown that nobody had asked for', on, say.mailboxVerified()],
  ['a reminder that was not planned', on, say.reminderFellDue(60)],
  ['a meeting that begins before its time', on, say.meetingStarted({ at: '13:00' })],
  ['a meeting that begins at another time', on, say.meetingStarted({ start: '15:00' })],
  ['a meeting that ends before its time', [...on, say.meetingStarted()], say.meetingEnded({ at: '14:10' })],
  ['a meeting that ends twice', over, say.meetingEnded()],
  ['a meeting of what was called off', off, say.meetingStarted()],
  ['a question who came that was not planned', over, say.noShowCheckFellDue()],
  ['an absence before the meeting', on, say.absenceMarked({ host: true }, { at: '13:00' })],
  ['a lease while another node has it', [...asked, say.leased('work', 'a', '10:05')], say.leased('work', 'b', '10:06')],
  ['a removal seen to that did not fail', off, say.removalAcknowledged('work')],
  ['another try that nobody can need', on, say.retryRequested('work')],
  ['a confirmation that failed before the acceptance', held, say.confirmationFailed('work')],
  ['a link in an event that the calendar does not hold', asked, say.decorated('work')],
  ['a link that could not be put into what is not held', asked, say.decorationFailed('work')],
  ['a removal that failed and was not begun', asked, say.removalFailed('work')],
  ['an event called off where none is', asked, say.eventChanged('work', 'cancelled', 'pending')],
  ['a new time that came to nothing and was not asked for', on, say.rescheduleFailed()],
  ['a new time given up for another that needs no answer', moving, say.rescheduleWithdrawn()],
  ['a move in the calendar that failed and was not begun', moving, say.moveFailed('work')],
  [
    'a move abandoned that was made',
    moving,
    { type: 'RescheduleAbandoned', occurredAt: at, data: { rescheduleId: 'move1' } },
  ],
  [
    'somebody forgotten who is still waited for',
    on,
    { type: 'PersonalDataErased', occurredAt: at, data: { subject: 'a', people: ['attendee'] } },
  ],
  [
    'somebody forgotten who was never there',
    off,
    { type: 'PersonalDataErased', occurredAt: at, data: { subject: 'a', people: ['guest-7'] } },
  ],
];

describe('what no decider could have written, with its chain made anew', () => {
  it.each([
    ['asked', [...off, say.removed('work')]],
    ['pending', pending],
    ['to approve', [...toApprove, say.approved()]],
    ['without a calendar', [...withoutCalendar, accepted({ reason: 'no_calendar_connected' })]],
    ['moving', moving],
    ['missing', missing],
    ['told', told],
    ['over', over],
  ])('the stories that are lied about are true themselves: %s', (_, story) => {
    expect(firstImpossible(story, { clocksMayBeSetBack: true })).toBeNull();
  });

  it.each(lies)('%s is named', (_, story, claim) => {
    const found = firstImpossible([...story, claim], { clocksMayBeSetBack: true });
    expect(found).toMatchObject({ index: story.length, reason: expect.stringMatching(/\S/) });
  });

  it('every type of event is lied about', () => {
    const types = new Set(lies.map(([, , claim]) => claim.type));
    const others = Object.keys(bookingEventCodecs).filter((type) => !types.has(type as BookingEvent['type']));
    expect(others).toEqual([]);
  });
});
