import * as E from 'fp-ts/lib/Either.js';
import { MAX_DELIVERY_PAGE } from '../../application/ports/delivery.ts';
import { MAX_NOTIFICATION_PAGE, listedStates } from '../../application/ports/read-models.ts';
import { nullable, object, optional, withDefault } from '../../domain/decoding/codec.ts';
import { naturalNumber, oneOf } from '../../domain/decoding/values.ts';
import { decodeBody, numeral, parameter } from '../decoding/decode.ts';
import { apiError, fieldError } from '../errors/api-error.ts';
import { fromApplication, fromBookingList, fromDeliveryLog, fromResendWebhook } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';

/** `GET /health/live`: the process answers. */
export const getLive: EndpointHandler = () =>
  Promise.resolve(E.right({ type: 'json', status: 200, json: { status: 'live' } }));

/**
 * `GET /health/ready`: it can also do its work; if not, why. A calendar that cannot be read is named, and the process is
 * ready all the same: what it can do about that, it does, and another node would read no better. So it is where other nodes
 * run by another configuration.
 */
export const getReady =
  (deps: Pick<HttpDeps, 'ready' | 'unreadableCalendars' | 'nodes'>): EndpointHandler =>
  async () => {
    const reasons = await deps.ready();
    const unreadable = deps.unreadableCalendars();
    const calendars = unreadable.length === 0 ? {} : { calendars: { unreadable } };
    const [own, ...others] = deps.nodes();
    const otherNodes = others.filter(({ isSame }) => !isSame).map(({ node, since }) => ({ node, since }));
    const configuration = { digest: own?.digest ?? null, ...(otherNodes.length === 0 ? {} : { otherNodes }) };
    if (reasons.length === 0)
      return E.right({ type: 'json', status: 200, json: { status: 'ready', configuration, ...calendars } });
    const fields = reasons.map((reason) => fieldError('', 'not_ready', reason));
    return E.left(apiError('not_ready', `Not ready: ${reasons.join('; ')}`, { fields }));
  };

/** `POST /v2/holdfast/reload`: the configuration as the file is now, without a restart; 422 with every error, and the old stays. */
export const postReload =
  (deps: Pick<HttpDeps, 'reloadConfiguration'>): EndpointHandler =>
  async ({ caller }) => {
    const done = await deps.reloadConfiguration(caller?.id ?? null);
    if (E.isRight(done)) return E.right(success(done.right));
    const fields = done.left.errors.map(({ path, code, message }) => fieldError(path, code, message));
    return E.left(
      apiError(
        'configuration_refused',
        `The old configuration stays: ${done.left.errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
        { fields },
      ),
    );
  };

type Deps = Pick<HttpDeps, 'consumers' | 'leases' | 'fellBehind' | 'nodes'>;

/**
 * `GET /v2/holdfast/consumers`: how far each consumer group of this node has got, what is parked on any node, and, where
 * several nodes share the log, how often another one was faster since this one started, and how often a subscription fell
 * behind the log. `nodes`: by which configuration each runs.
 */
export const getConsumers =
  ({ consumers, leases, fellBehind, nodes }: Deps): EndpointHandler =>
  async () => {
    const [groups, parked] = await Promise.all([consumers.status()(), consumers.parked()()]);
    if (E.isLeft(groups)) return E.left(fromApplication(groups.left));
    if (E.isLeft(parked)) return E.left(fromApplication(parked.left));
    const [counts, behind] = [leases(), fellBehind()];
    return E.right(
      success({
        groups: groups.right,
        parked: parked.right,
        nodes: nodes(),
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

const notificationsQuery = object({
  state: nullable(oneOf(listedStates)),
  bookingUid: nullable(parameter),
  before: nullable(numeral()),
  take: withDefault(numeral(1, MAX_NOTIFICATION_PAGE), DEFAULT_NOTIFICATION_PAGE),
});

/** `GET /v2/holdfast/notifications`: what was to be said of each booking, to whom, and what became of it. */
export const getNotifications = ({ notificationList }: Pick<HttpDeps, 'notificationList'>): QueryHandler =>
  withQuery(notificationsQuery, async (_request, query) => {
    const page = await notificationList.notifications(query)();
    return E.isLeft(page) ? E.left(fromBookingList(page.left)) : E.right(success(page.right));
  });

/**
 * `POST /v2/holdfast/deliveries/{deliveryId}/resend`: the webhook once more, also one that was delivered. 200 with the attempt,
 * whatever came of it.
 */
export const postResend =
  ({ resendWebhook }: Pick<HttpDeps, 'resendWebhook'>): EndpointHandler =>
  async ({ params }) => {
    const sent = await resendWebhook(params.deliveryId ?? '')();
    return E.isLeft(sent) ? E.left(fromResendWebhook(sent.left)) : E.right(success(sent.right));
  };

const deliveriesQuery = object({
  deliveryId: optional(parameter),
  subscriptionId: optional(parameter),
  bookingUid: optional(parameter),
  before: optional(numeral()),
  take: withDefault(numeral(), MAX_DELIVERY_PAGE),
});

/**
 * `GET /v2/holdfast/deliveries`: every attempt to deliver a webhook, newest first; `next` goes into `before`. To a subscription
 * that is not configured any more nothing is tried again.
 */
export const getDeliveries = ({
  deliveries,
  isSubscribed,
}: Pick<HttpDeps, 'deliveries' | 'isSubscribed'>): QueryHandler =>
  withQuery(deliveriesQuery, async (_request, { take, before, ...filter }) => {
    const limit = Math.min(Math.max(take, 1), MAX_DELIVERY_PAGE);
    const page = await deliveries.list(filter, { limit, ...(before === undefined ? {} : { before }) })();
    if (E.isLeft(page)) return E.left(fromDeliveryLog(page.left));
    const attempts = page.right.attempts.map((one) =>
      isSubscribed(one.subscriptionId) ? one : { ...one, nextTryAt: null },
    );
    return E.right(success({ ...page.right, attempts }));
  });
