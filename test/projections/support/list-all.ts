import type { BookingListQuery, ListedBooking } from '../../../src/application/ports/read-models.ts';
import type { Projections } from '../../../src/adapters/read-model/start-projections.ts';
import { right } from './given-read-model.ts';

/** Every booking there is, by uid. Times in epoch milliseconds; `now` is the noon of the tests' day. */
export const everything: BookingListQuery = {
  now: Temporal.Instant.from('2050-09-10T12:00:00Z').epochMilliseconds,
  hostIds: null,
  statuses: [],
  attendeeEmail: null,
  attendeeName: null,
  bookingUid: null,
  eventTypeIds: null,
  afterStart: null,
  beforeEnd: null,
  afterCreatedAt: null,
  beforeCreatedAt: null,
  afterUpdatedAt: null,
  beforeUpdatedAt: null,
  order: [{ by: 'start', direction: 'asc' }],
  take: 100,
  skip: 0,
};

export const listAll = async (projections: Projections): Promise<ReadonlyArray<ListedBooking>> => {
  const { rows } = await right(projections.list(everything));
  return rows.toSorted((a, b) => (a.uid < b.uid ? -1 : 1));
};
