import * as E from 'fp-ts/lib/Either.js';
import { type DeliveryFilter, MAX_DELIVERY_PAGE } from '../../application/ports/delivery.ts';
import { type NotificationQuery, MAX_NOTIFICATION_PAGE, listedStates } from '../../application/ports/read-models.ts';
import { object, optional } from '../../domain/decoding/codec.ts';
import { naturalNumber } from '../../domain/decoding/values.ts';
import { decodeBody, oneText } from '../decoding/decode.ts';
import { apiError, fieldError, type ApiError, type FieldError, fieldErrors } from '../errors/api-error.ts';
import { fromApplication, fromBookingList, fromDeliveryLog } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, success } from '../transport/endpoint.ts';

/** `GET /health/live`: the process answers. */
export const getLive: EndpointHandler = () =>
  Promise.resolve(E.right({ type: 'json', status: 200, json: { status: 'live' } }));

/** `GET /health/ready`: it can also do its work; if not, why. */
export const getReady =
  (deps: Pick<HttpDeps, 'ready'>): EndpointHandler =>
  async () => {
    const reasons = await deps.ready();
    if (reasons.length === 0) return E.right({ type: 'json', status: 200, json: { status: 'ready' } });
    const fields = reasons.map((reason) => fieldError('', 'not_ready', reason));
    return E.left(apiError('not_ready', `Not ready: ${reasons.join('; ')}`, { fields }));
  };

type Deps = Pick<HttpDeps, 'consumers' | 'leases' | 'fellBehind'>;

/**
 * `GET /v2/holdfast/consumers`: how far each consumer group of this node has got, what is parked on any node, and, where
 * several nodes share the log, how often another one was faster since this one started, and how often a subscription fell
 * behind the log.
 */
export const getConsumers =
  ({ consumers, leases, fellBehind }: Deps): EndpointHandler =>
  async () => {
    const [groups, parked] = await Promise.all([consumers.status()(), consumers.parked()()]);
    if (E.isLeft(groups)) return E.left(fromApplication(groups.left));
    if (E.isLeft(parked)) return E.left(fromApplication(parked.left));
    const [counts, behind] = [leases(), fellBehind()];
    return E.right(
      success({
        groups: groups.right,
        parked: parked.right,
        ...(counts === null ? {} : { leases: counts }),
        ...(behind === null ? {} : { subscriptions: { fellBehind: behind } }),
      }),
    );
  };

const decodeReplay = decodeBody(object({ position: optional(naturalNumber) }));

/** `POST /v2/holdfast/parked/{group}/replay`: the group's parked messages again; with `position` only that one. */
export const postReplay =
  ({ consumers }: Pick<Deps, 'consumers'>): EndpointHandler =>
  async ({ params, body }) => {
    const wanted = decodeReplay(body);
    if (E.isLeft(wanted)) return wanted;
    const name = params.group ?? '';
    const groups = await consumers.status()();
    if (E.isLeft(groups)) return E.left(fromApplication(groups.left));
    if (!groups.right.some((group) => group.name === name))
      return E.left(apiError('consumer_group_not_found', 'There is no consumer group of this name.'));
    const replayed = await consumers.replayParked(name, wanted.right.position)();
    return E.isLeft(replayed)
      ? E.left(fromApplication(replayed.left))
      : E.right(success({ group: name, replayed: replayed.right }));
  };

const DEFAULT_NOTIFICATION_PAGE = 100;

const wholeNumberOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);
const isPage = (take: number): boolean => take >= 1 && take <= MAX_NOTIFICATION_PAGE;

/** Every filter that is wrong is named. */
const queryOf = (query: Readonly<Record<string, unknown>>): E.Either<ApiError, NotificationQuery> => {
  const wrong: FieldError[] = [];
  const read = <A>(name: string, as: (text: string) => A | undefined, wanted: string): A | null => {
    const text = oneText(query[name]);
    const value = typeof text === 'string' ? as(text) : text;
    if (value === undefined) wrong.push(fieldError(name, 'invalid', `${name} must be ${wanted}`));
    return value ?? null;
  };
  const page = (text: string): number | undefined => {
    const take = wholeNumberOf(text);
    return take !== undefined && isPage(take) ? take : undefined;
  };
  const asked: NotificationQuery = {
    state: read('state', (text) => listedStates.find((state) => state === text), `one of ${listedStates.join(', ')}`),
    bookingUid: read('bookingUid', (text) => text, 'one uid'),
    before: read('before', wholeNumberOf, 'a number'),
    take: read('take', page, `a number from 1 to ${MAX_NOTIFICATION_PAGE}`) ?? DEFAULT_NOTIFICATION_PAGE,
  };
  return wrong.length > 0 ? E.left(fieldErrors(wrong)) : E.right(asked);
};

/** `GET /v2/holdfast/notifications`: what was to be said of each booking, to whom, and what became of it. */
export const getNotifications =
  ({ notificationList }: Pick<HttpDeps, 'notificationList'>): EndpointHandler =>
  async ({ query }) => {
    const asked = queryOf(query);
    if (E.isLeft(asked)) return asked;
    const page = await notificationList.notifications(asked.right)();
    return E.isLeft(page) ? E.left(fromBookingList(page.left)) : E.right(success(page.right));
  };

const filters = ['deliveryId', 'subscriptionId', 'bookingUid'] as const;
const numberOf = (value: unknown): number | null | undefined => {
  const text = oneText(value);
  return typeof text === 'string' ? (/^\d{1,15}$/.test(text) ? Number(text) : undefined) : text;
};

/** `GET /v2/holdfast/deliveries`: every attempt to deliver a webhook, newest first; `next` goes into `before`. */
export const getDeliveries =
  ({ deliveries }: Pick<HttpDeps, 'deliveries'>): EndpointHandler =>
  async ({ query }) => {
    const filter: DeliveryFilter = Object.fromEntries(
      filters.flatMap((name) => {
        const text = oneText(query[name]);
        return typeof text === 'string' ? [[name, text]] : [];
      }),
    );
    const [take, before] = [numberOf(query.take), numberOf(query.before)];
    const wrong = [
      ...(take === undefined ? [fieldError('take', 'invalid', 'take must be a number')] : []),
      ...(before === undefined ? [fieldError('before', 'invalid', 'before must be a number')] : []),
    ];
    if (wrong.length > 0) return E.left(fieldErrors(wrong));
    const limit = Math.min(Math.max(take ?? MAX_DELIVERY_PAGE, 1), MAX_DELIVERY_PAGE);
    const page = await deliveries.list(filter, { limit, ...(typeof before === 'number' ? { before } : {}) })();
    return E.isLeft(page) ? E.left(fromDeliveryLog(page.left)) : E.right(success(page.right));
  };
