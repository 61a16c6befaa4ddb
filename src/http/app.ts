import express from 'express';
import type { Express } from 'express';
import { createRateLimit } from './access/rate-limit.ts';
import { endpointsOf } from './endpoints.ts';
import type { HttpDeps } from './http-deps.ts';
import { pages } from './pages/pages.ts';
import { cors, faultHandler, jsonBody, logRequests } from './transport/middleware.ts';
import { routeNotFound, runEndpoint, sendError } from './transport/run-endpoint.ts';

/** The whole HTTP interface, ready to be listened with. It starts nothing and keeps nothing but the rate limit's counts. */
export const createApp = (deps: HttpDeps): Express => {
  const app = express();
  app.disable('x-powered-by');
  // Answers change with every event, and a digest of each body would cost more than it saves.
  app.disable('etag');
  app.set('query parser', 'extended');
  app.set('trust proxy', [...deps.trustedProxies]);
  const perMinute = deps.limits.requestsPerMinute;
  const rateLimit = perMinute === null ? null : createRateLimit(perMinute, deps.clock);
  const refuse = sendError(deps);
  const runner = { deps, rateLimit, refuse, parseBody: jsonBody(deps, refuse) };

  app.use(logRequests(deps), cors);
  for (const endpoint of endpointsOf(deps)) app[endpoint.method](endpoint.path, runEndpoint(runner, endpoint));
  app.use(pages(deps, rateLimit));
  app.use((req, res) => refuse(req, res, '(no route)', routeNotFound(req.method, req.path)));
  app.use(faultHandler(deps, refuse));
  return app;
};
