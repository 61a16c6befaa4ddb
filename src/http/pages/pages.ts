import express from 'express';
import type { RateVerdict } from '../access/rate-limit.ts';
import { catalogOf } from '../bookings/catalog.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Endpoint } from '../transport/endpoint.ts';
import { open } from '../transport/endpoint.ts';
import { faultHandler } from '../transport/middleware.ts';
import { runEndpoint, sendAnswer, sendError } from '../transport/run-endpoint.ts';
import { bookingPage } from './booking-page.ts';
import { cancelByForm, formBody } from './cancel-by-form.ts';
import { errorPage } from './page.ts';

const pagesOf = (deps: HttpDeps): ReadonlyArray<Endpoint> => {
  const catalog = catalogOf(deps.hosts);
  const page = { version: null, access: open } as const;
  return [
    { ...page, method: 'get', path: '/bookings/:uid', handle: bookingPage(deps, catalog) },
    { ...page, method: 'post', path: '/bookings/:uid/cancel', handle: cancelByForm(deps, catalog) },
  ];
};

/** What mails lead people to: like every endpoint, but errors are pages, and bodies are forms. */
export const pages = (
  deps: HttpDeps,
  rateLimit: ((subject: string) => RateVerdict) | null,
): ReturnType<typeof express.Router> => {
  const router = express.Router();
  const refuse = sendError(deps, (_req, res, error) => sendAnswer(res, errorPage(error)));
  const runner = { deps, rateLimit, refuse, parseBody: formBody(refuse) };
  for (const page of pagesOf(deps)) router[page.method](page.path, runEndpoint(runner, page));
  router.use(faultHandler(deps, refuse));
  return router;
};
