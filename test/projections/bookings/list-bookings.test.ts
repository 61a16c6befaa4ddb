import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BookingListQuery } from '../../../src/application/ports/read-models.ts';
import type { Projections } from '../../../src/adapters/read-model/start-projections.ts';
import {
  acceptedStory,
  cancelled,
  expired,
  leftPending,
  rejected,
  requested,
  syncFailed,
  syncStarted,
} from '../support/given-events.ts';
import { type Given, caughtUp, givenReadModel, right } from '../support/given-read-model.ts';
import { everything } from '../support/list-all.ts';

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;
const NOW = '2050-09-10T12:00:00Z';

const at = (start: string, end: string) => ({ start, end });
const yesterday = at('2050-09-09T09:00:00Z', '2050-09-09T09:30:00Z');
const justEnded = at('2050-09-10T11:30:00Z', NOW);
const running = at('2050-09-10T11:45:00Z', '2050-09-10T12:15:00Z');
const tomorrow = at('2050-09-11T09:00:00Z', '2050-09-11T09:30:00Z');
const later = at('2050-09-12T09:00:00Z', '2050-09-12T10:30:00Z');
const ola = { name: 'Ola', email: 'Ola@Example.com', timeZone: 'Asia/Tokyo', language: 'en', phoneNumber: null };

describe('the list of bookings', () => {
  let given: Given;
  let projections: Projections;

  beforeAll(async () => {
    given = await givenReadModel();
    await given.append('booking-past', acceptedStory(yesterday, '2050-09-02T08:00:00Z'));
    await given.append('booking-ended', [requested(justEnded), syncStarted, syncFailed, leftPending]);
    await given.append('booking-running', acceptedStory({ ...running, hostId: 'eva', eventTypeId: 2 }));
    await given.append('booking-tomorrow', [requested({ ...tomorrow, personal: { attendee: ola } })]);
    await given.append('booking-later', acceptedStory({ ...later, eventTypeId: 3 }));
    await given.append('booking-cancelled', [...acceptedStory(tomorrow), { ...cancelled, occurredAt: NOW }]);
    await given.append('booking-rejected', [requested({ ...tomorrow, requiresApproval: true }), rejected]);
    await given.append('booking-expired', [requested(yesterday), leftPending, expired]);
    projections = given.start();
    await caughtUp(projections, given.store);
  });
  afterAll(() => given.cleanUp());

  const uids = async (query: Partial<BookingListQuery>): Promise<ReadonlyArray<string>> =>
    (await right(projections.list({ ...everything, ...query }))).rows.map(({ uid }) => uid);
  const sorted = async (query: Partial<BookingListQuery>) => (await uids(query)).toSorted();

  it('has every booking when nothing is asked, earliest start first, ties by uid', async () => {
    expect(await uids({})).toEqual([
      'expired',
      'past',
      'ended',
      'running',
      'cancelled',
      'rejected',
      'tomorrow',
      'later',
    ]);
  });

  it.each([
    ['upcoming', ['later', 'running', 'tomorrow']],
    ['recurring', []],
    ['past', ['ended', 'past']],
    ['cancelled', ['cancelled', 'expired', 'rejected']],
    ['unconfirmed', ['tomorrow']],
  ] as const)('reads %s as the contract means it', async (status, expected) => {
    expect(await sorted({ statuses: [status] })).toEqual(expected);
  });

  it('takes several statuses as any of them', async () => {
    expect(await sorted({ statuses: ['unconfirmed', 'past'] })).toEqual(['ended', 'past', 'tomorrow']);
  });

  it.each<[string, Partial<BookingListQuery>, ReadonlyArray<string>]>([
    ['a host', { hostIds: ['eva'] }, ['running']],
    ['several hosts', { hostIds: ['eva', 'nobody'] }, ['running']],
    ['no host', { hostIds: [] }, []],
    ['an event type', { eventTypeIds: [3] }, ['later']],
    ['event types', { eventTypeIds: [2, 3] }, ['later', 'running']],
    ['an address in another case', { attendeeEmail: 'ola@example.com' }, ['tomorrow']],
    ['half an address', { attendeeEmail: 'ola@example' }, []],
    ['a name', { attendeeName: 'Ola' }, ['tomorrow']],
    ['a name in another case', { attendeeName: 'ola' }, []],
    ['a uid', { bookingUid: 'later' }, ['later']],
    ['a start, inclusive', { afterStart: ms(later.start) }, ['later']],
    ['an end, inclusive', { beforeEnd: ms(yesterday.end) }, ['expired', 'past']],
    ['when it was asked for', { afterCreatedAt: ms('2050-09-02T08:00:00Z') }, ['past']],
    ['when it changed last', { afterUpdatedAt: ms(NOW) }, ['cancelled']],
    ['all of them together', { statuses: ['upcoming'], hostIds: ['odd'], eventTypeIds: [1, 2] }, ['tomorrow']],
  ])('filters by %s', async (_, query, expected) => {
    expect(await sorted(query)).toEqual(expected);
  });

  it('filters by the end of creation and of change', async () => {
    expect(await uids({ beforeCreatedAt: ms('2050-09-01T08:00:00Z') })).not.toContain('past');
    expect(await uids({ beforeUpdatedAt: ms(NOW) - 1 })).not.toContain('cancelled');
  });

  it('sorts by several criteria, the first one first', async () => {
    const order = [
      { by: 'created', direction: 'desc' },
      { by: 'end', direction: 'desc' },
    ] as const;
    expect((await uids({ order })).slice(0, 3)).toEqual(['past', 'later', 'cancelled']);
    expect(await uids({ order: [{ by: 'updated', direction: 'desc' }], take: 1 })).toEqual(['cancelled']);
  });

  it('sorts what lies ahead in both directions', async () => {
    const statuses = ['upcoming'] as const;
    expect(await uids({ statuses })).toEqual(['running', 'tomorrow', 'later']);
    expect(await uids({ statuses, order: [{ by: 'start', direction: 'desc' }] })).toEqual([
      'later',
      'tomorrow',
      'running',
    ]);
  });

  it('pages, and counts all that match', async () => {
    const page = await right(projections.list({ ...everything, take: 3, skip: 2 }));
    expect(page.rows.map(({ uid }) => uid)).toEqual(['ended', 'running', 'cancelled']);
    expect(page.total).toBe(8);
    expect(page.position).toBe(await right(given.store.head()));
    expect(await uids({ skip: 8 })).toEqual([]);
  });

  it('holds each booking as the fold of its stream (I9)', async () => {
    const [row] = (await right(projections.list({ ...everything, bookingUid: 'cancelled' }))).rows;
    expect(row?.booking).toMatchObject({ phase: 'cancelled', by: 'guest', wasAccepted: true, sequence: 1 });
  });
});
