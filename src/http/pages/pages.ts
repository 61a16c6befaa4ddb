import express from 'express';
import { type MailLimit, makeStrangersLimit } from '../access/mail-limits.ts';
import type { RateVerdict } from '../access/rate-limit.ts';
import { type Book, makeBook } from '../bookings/create-booking.ts';
import { catalogOf, type HttpDeps } from '../http-deps.ts';
import { open, type Endpoint, type EndpointHandler, type Load } from '../transport/endpoint.ts';
import { faultHandler } from '../transport/middleware.ts';
import { routeNotFound, runEndpoint, sendAnswer, sendError } from '../transport/run-endpoint.ts';
import { formBody } from './forms.ts';
import { againPage, bookAgain } from './again-page.ts';
import { cancelByGuest, guestCalendarFile, guestPage } from './guest-page.ts';
import {
  absentByHost,
  acknowledgeByHost,
  approveByHost,
  cancelByHost,
  declineByHost,
  restoreByHost,
  retryByHost,
} from './host-actions.ts';
import { hostPage } from './host-page.ts';
import { moveByForm, movePage } from './move-page.ts';
import { errorPage } from './page.ts';
import { tellGuests, tellGuestsPage } from './tell-guests-page.ts';

const shows = (path: string, handle: EndpointHandler, load: Load = 'read'): Endpoint => ({
  method: 'get',
  path,
  version: null,
  access: open,
  load,
  handle,
});

const acts = (path: string, handle: EndpointHandler): Endpoint => ({
  ...shows(path, handle),
  method: 'post',
  load: 'command',
});

/** Every page, and what its forms lead to. A GET shows and never changes anything; a POST acts, and leads back to the page. */
export const pagesOf = (
  deps: HttpDeps,
  mailLimit: MailLimit | null = makeStrangersLimit(deps),
  book: Book = makeBook(deps, catalogOf(deps.hosts), mailLimit),
): ReadonlyArray<Endpoint> => {
  const catalog = catalogOf(deps.hosts);
  return [
    shows('/bookings/:uid', guestPage(deps, catalog)),
    shows('/bookings/:uid/calendar.ics', guestCalendarFile(deps, catalog)),
    acts('/bookings/:uid/cancel', cancelByGuest(deps, catalog)),
    shows('/bookings/:uid/guests', tellGuestsPage(deps, catalog)),
    acts('/bookings/:uid/guests', tellGuests(deps)),
    shows('/bookings/:uid/move', movePage(deps, catalog, 'guest'), 'search'),
    acts('/bookings/:uid/move', moveByForm(deps, catalog, 'guest', mailLimit)),
    shows('/bookings/:uid/again', againPage(deps, catalog), 'search'),
    acts('/bookings/:uid/again', bookAgain(deps, catalog, book)),
    shows('/bookings/:uid/host/move', movePage(deps, catalog, 'host'), 'search'),
    acts('/bookings/:uid/host/move', moveByForm(deps, catalog, 'host', mailLimit)),
    shows('/bookings/:uid/host', hostPage(deps, catalog)),
    acts('/bookings/:uid/host/approve', approveByHost(deps)),
    acts('/bookings/:uid/host/decline', declineByHost(deps)),
    acts('/bookings/:uid/host/cancel', cancelByHost(deps, catalog)),
    acts('/bookings/:uid/host/absent', absentByHost(deps)),
    acts('/bookings/:uid/host/retry', retryByHost(deps)),
    acts('/bookings/:uid/host/restore', restoreByHost(deps)),
    acts('/bookings/:uid/host/acknowledge-removal', acknowledgeByHost(deps)),
  ];
};

/** What mails lead people to: like every endpoint, but errors are pages, and bodies are forms. */
export const pages = (
  deps: HttpDeps,
  rateLimit: ((subject: string) => RateVerdict) | null,
  book: Book,
  mailLimit: MailLimit | null,
): ReturnType<typeof express.Router> => {
  const router = express.Router();
  const refuse = sendError(deps, (_req, res, error) => sendAnswer(res, errorPage(error)));
  const runner = { deps, rateLimit, refuse, parseBody: formBody(refuse) };
  for (const page of pagesOf(deps, mailLimit, book)) router[page.method](page.path, runEndpoint(runner, page));
  // An address of ours that is cut short or asked for in another way: people read that as well.
  router.use('/bookings', (req, res) => refuse(req, res, '(no page)', routeNotFound(req.method, req.path)));
  router.use(faultHandler(deps, refuse));
  return router;
};
