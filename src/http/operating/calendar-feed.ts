import * as E from 'fp-ts/lib/Either.js';
import { oneText } from '../decoding/decode.ts';
import { apiError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';

const noFeed = apiError('calendar_feed_not_found', 'There is no calendar feed at this address.');

/** `GET /calendars/{feedName}.ics?token=`: one answer for no feed and a wrong token, so that names cannot be tried out. */
export const getCalendarFeed =
  (deps: Pick<HttpDeps, 'calendarFeed'>): EndpointHandler =>
  async ({ params, query }) => {
    const token = oneText(query.token) ?? null;
    const text = token === null ? null : await deps.calendarFeed(params.feedName ?? '', token);
    return text === null
      ? E.left(noFeed)
      : E.right({
          type: 'text',
          mediaType: 'text/calendar; charset=utf-8',
          text,
          headers: { 'Cache-Control': 'private, no-cache' },
        });
  };
