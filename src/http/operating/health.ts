import * as E from 'fp-ts/lib/Either.js';
import { apiError, fieldError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';

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
