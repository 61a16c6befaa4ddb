import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import type { NotificationPage, NotificationQuery } from '../../../src/application/ports/read-models.ts';
import type { BookingEventData } from '../../../src/domain/booking/events.ts';
import type { Projections } from '../../../src/adapters/read-model/start-projections.ts';
import {
  accepted,
  acceptedStory,
  cancelled,
  event,
  leftPending,
  requested,
  syncFailed,
  syncStarted,
  syncSucceeded,
} from '../support/given-events.ts';
import { type Given, caughtUp, givenReadModel, right } from '../support/given-read-model.ts';

const noted = (causedBy: string, changes: Partial<BookingEventData<'NotificationSent'>> = {}) => ({
  causedBy,
  channel: 'mail' as const,
  notification: 'confirmed',
  recipient: 'attendee',
  ...changes,
});
const sent = (causedBy: string, changes: Partial<BookingEventData<'NotificationSent'>> = {}) =>
  event('NotificationSent', { ...noted(causedBy, changes), messageId: '<one@example.com>' });
const parked = (causedBy: string) => event('NotificationParked', { ...noted(causedBy), reason: 'mailbox unknown' });

/** The id that the events of one append have in these tests. */
const idOf = (revision: number): string => deterministicId('booking-one@0', revision);
const ACCEPTED = idOf(3);

describe('the outbox', () => {
  let given: Given;
  let projections: Projections;
  beforeEach(async () => {
    given = await givenReadModel();
    projections = given.start();
  });
  afterEach(() => given.cleanUp());

  const listed = (query: Partial<NotificationQuery> = {}): Promise<NotificationPage> =>
    right(projections.notifications({ state: null, bookingUid: null, before: null, take: 10, ...query }));
  const outbox = async (): Promise<ReadonlyArray<string>> => {
    await caughtUp(projections, given.store);
    const [booking] = (await listed({ bookingUid: 'one' })).bookings;
    return (booking?.notifications ?? []).map(({ channel, notification, recipient, state }) =>
      [channel, notification, recipient, state].join(' '),
    );
  };

  it('plans a confirmation for everybody when the booking is accepted, and nothing before (I4)', async () => {
    await given.append('booking-one', acceptedStory({ personal: { guests: ['eva@example.com'] } }).slice(0, 3));
    expect(await outbox()).toEqual([]);
    await given.append('booking-one', [accepted]);
    expect(await outbox()).toEqual([
      'mail confirmed attendee pending',
      'mail confirmed guest-1 pending',
      'mail confirmed host pending',
    ]);
    expect((await listed({ state: 'pending' })).bookings).toMatchObject([{ bookingUid: 'one' }]);
  });

  it('says what became of each, and a late repeat takes nothing back', async () => {
    await given.append('booking-one', acceptedStory());
    await given.append('booking-one', [sent(ACCEPTED), parked(ACCEPTED)]);
    expect(await outbox()).toEqual(['mail confirmed attendee sent', 'mail confirmed host pending']);
    await given.append('booking-one', [sent(ACCEPTED, { recipient: 'host' })]);
    expect(await outbox()).toContain('mail confirmed host sent');
    expect((await listed({ state: 'pending' })).bookings).toEqual([]);
  });

  it('shows what was parked, why, and that it was sent after all', async () => {
    await given.append('booking-one', acceptedStory());
    await given.append('booking-one', [parked(ACCEPTED)]);
    expect(await outbox()).toContain('mail confirmed attendee parked');
    expect((await listed({ state: 'parked' })).bookings).toEqual([
      { bookingUid: 'one', notifications: [expect.objectContaining({ state: 'parked', detail: 'mailbox unknown' })] },
    ]);
    await given.append('booking-one', [sent(ACCEPTED)]);
    expect(await outbox()).toContain('mail confirmed attendee sent');
    expect((await listed({ state: 'parked' })).bookings).toEqual([]);
  });

  it('marks as overtaken what would not be true any more', async () => {
    await given.append('booking-one', [requested(), syncStarted, syncFailed, leftPending]);
    expect(await outbox()).toEqual(['mail received-not-confirmed attendee pending', 'mail action-needed host pending']);
    await given.append('booking-one', [syncSucceeded, accepted]);
    expect(await outbox()).toEqual([
      'mail received-not-confirmed attendee overtaken',
      'mail action-needed host overtaken',
      'mail confirmed attendee pending',
      'mail confirmed host pending',
    ]);
    await given.append('booking-one', [cancelled]);
    expect((await outbox()).slice(2)).toEqual([
      'mail confirmed attendee overtaken',
      'mail confirmed host overtaken',
      'mail cancelled attendee pending',
      'mail cancelled host pending',
    ]);
  });

  it('lists bookings page by page, the newest first, and of them what is asked for', async () => {
    const uids = ['one', 'two', 'three'];
    for (const uid of uids) await given.append(`booking-${uid}`, acceptedStory());
    await given.append('booking-two', [sent(deterministicId('booking-two@0', 3))]);
    await outbox();
    const first = await listed({ take: 2 });
    expect(first.bookings.map(({ bookingUid }) => bookingUid)).toEqual(['three', 'two']);
    const second = await listed({ take: 2, before: first.next });
    expect(second.bookings.map(({ bookingUid }) => bookingUid)).toEqual(['one']);
    expect(second.next).toBeNull();
    expect(await listed({ state: 'sent' })).toEqual({
      bookings: [{ bookingUid: 'two', notifications: [expect.objectContaining({ recipient: 'attendee' })] }],
      next: null,
    });
    expect(await listed({ state: 'parked' })).toEqual({ bookings: [], next: null });
    expect(await listed({ bookingUid: 'nobody' })).toEqual({ bookings: [], next: null });
  });

  it('lists a webhook from its first outcome on', async () => {
    await given.append('booking-one', acceptedStory());
    const webhook = { channel: 'webhook', notification: 'BOOKING_CREATED', recipient: 'crm' } as const;
    await given.append('booking-one', [sent(ACCEPTED, webhook)]);
    expect(await outbox()).toContain('webhook BOOKING_CREATED crm sent');
  });

  it('holds no personal data (I12)', async () => {
    await given.append('booking-one', acceptedStory());
    await outbox();
    const entries = JSON.stringify(await listed());
    expect(entries).not.toMatch(/runa/i);
    expect(entries).toContain('attendee');
  });
});
