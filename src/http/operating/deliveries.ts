import * as E from 'fp-ts/lib/Either.js';
import { type DeliveryFilter, MAX_DELIVERY_PAGE } from '../../application/ports/delivery.ts';
import { oneText } from '../decoding/decode.ts';
import { fieldError, fieldErrors } from '../errors/api-error.ts';
import { fromDeliveryLog } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, success } from '../transport/endpoint.ts';

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
