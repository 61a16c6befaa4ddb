import * as E from 'fp-ts/lib/Either.js';
import type { EventStore } from '../../application/ports/event-store.ts';
import { object, withDefault } from '../../domain/decoding/codec.ts';
import { isObject } from '../../domain/unknown.ts';
import { numeral } from '../decoding/decode.ts';
import { type ApiError, apiError, fieldError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type HttpAnswer, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';

/** Events in one answer, at most and by default. */
const MOST_FEED_EVENTS = 1_000;
const DEFAULT_FEED_EVENTS = 100;
/** Seconds that a request may wait for an event. */
const LONGEST_FEED_WAIT_S = 30;
/** Requests that wait at once; one more is answered at once, with nothing. */
const MOST_WAITING = 32;

const MS_PER_SECOND = 1000;

type Deps = Pick<HttpDeps, 'clock'> & { readonly audit: Pick<HttpDeps['audit'], 'log'> };
type Waiting = { readonly after: number; readonly ms: number; readonly signal: AbortSignal };

/** Resolves when there is an event after that position, when the time is over, or when nobody listens any more. */
const nextEvent = async (
  log: Pick<EventStore, 'subscribe'>,
  clock: Deps['clock'],
  { after, ms, signal }: Waiting,
): Promise<void> => {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const cancel = clock.at(clock.now() + ms, end);
  signal.addEventListener('abort', end, { once: true });
  const subscription = log.subscribe({ after, batchSize: 1, onEvents: async () => end() });
  // What broke it shows in the read that follows.
  subscription.done.then(end, end);
  await ended;
  cancel();
  await subscription.stop();
};

/** Whoever was told that position read another log, or more of this one: what it has now would be passed by in silence. */
export const beyondEnd = (head: number): ApiError =>
  apiError(
    'position_beyond_end',
    `The log ends at position ${head}: an older copy was restored, or the position is of another log.`,
    { fields: [fieldError('after', 'beyond_end', `after must be at most ${head}`)] },
  );

/** Whether an answer of the feed has personal data: what is nobody's is no reading, or a feed that is polled would feed itself. */
export const feedHasPeople = (answer: HttpAnswer): boolean => {
  const data = answer.type === 'json' && isObject(answer.json) ? answer.json.data : null;
  const events: unknown = isObject(data) ? data.events : null;
  const isOfSomebody = (event: unknown): boolean =>
    isObject(event) && isObject(event.data) && event.data.personal !== undefined;
  return Array.isArray(events) && events.some(isOfSomebody);
};

const feedQuery = object({
  after: withDefault(numeral(), 0),
  take: withDefault(numeral(1, MOST_FEED_EVENTS), DEFAULT_FEED_EVENTS),
  wait: withDefault(numeral(0, LONGEST_FEED_WAIT_S), 0),
});

/**
 * `GET /v2/holdfast/events`: the log after a position, in its order, for projections of others. `next` goes into `after`.
 * With `wait` it waits for an event where there is none yet.
 */
export const getFeed = ({ audit, clock }: Deps): QueryHandler => {
  let waiting = 0;
  return withQuery(feedQuery, async (request, { after, take, wait }) => {
    const { log } = audit;
    const read = log.readAll(after, take);
    let events = await read();
    if (E.isRight(events) && events.right.length === 0 && after > 0) {
      const head = await log.head()();
      if (E.isLeft(head)) return E.left(fromApplication(head.left));
      if (head.right < after) return E.left(beyondEnd(head.right));
    }
    if (E.isRight(events) && events.right.length === 0 && wait > 0 && waiting < MOST_WAITING) {
      waiting += 1;
      await nextEvent(log, clock, { after, ms: wait * MS_PER_SECOND, signal: request.whenGone() }).finally(() => {
        waiting -= 1;
      });
      events = await read();
    }
    return E.isLeft(events)
      ? E.left(fromApplication(events.left))
      : E.right(success({ events: events.right, next: events.right.at(-1)?.position ?? after }));
  });
};
