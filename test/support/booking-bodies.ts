/** Monday, 09:00 in Oslo: free, on the grid and inside the booking window of the test host. */
const MONDAY_9 = '2050-09-05T07:00:00Z';

export const runa = { name: 'Runa', email: 'runa@example.com', timeZone: 'Asia/Tokyo' };

/** What Runa sends for an intro on Monday at nine; `changes` replace properties. */
export const introBody = (changes: { readonly [property: string]: unknown } = {}) => ({
  start: MONDAY_9,
  eventTypeId: 1,
  attendee: runa,
  ...changes,
});
