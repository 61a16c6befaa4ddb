import type { NextFunction, Request, RequestHandler, Response } from 'express';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { callerOf, entering } from '../access/caller.ts';
import type { Caller } from '../transport/endpoint.ts';
import { type RateVerdict, addressSubject } from '../access/rate-limit.ts';
import { type ApiError, apiError, errorBody, shortened, statusByCode } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpAnswer, HttpRequest, Endpoint } from './endpoint.ts';
import { type Refuse, requestIdOf } from './middleware.ts';

/** Express's own `send` would look at ETags, freshness and media types anew for each answer. */
const sendBody = (res: Response, status: number, mediaType: string, text: string): void => {
  const body = Buffer.from(text);
  res.statusCode = status;
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Type', mediaType);
  res.setHeader('Content-Length', body.byteLength);
  res.end(body);
};

/** Answers carry names and addresses, and change with every event: nobody in between keeps them. */
const sendJson = (res: Response, status: number, json: unknown): void => {
  res.setHeader('Cache-Control', 'no-store');
  sendBody(res, status, 'application/json; charset=utf-8', JSON.stringify(json));
};

/** Sends what a handler answered; nothing where the client is gone. */
export const sendAnswer = (res: Response, answer: HttpAnswer): void => {
  if (res.writableEnded || res.destroyed) return;
  for (const name in answer.headers) res.setHeader(name, answer.headers[name] ?? '');
  switch (answer.type) {
    case 'json':
      sendJson(res, answer.status, answer.json);
      return;
    case 'text':
      sendBody(res, 200, answer.mediaType, answer.text);
      return;
    case 'page':
      // Pages are for people; programs of other origins have the API.
      res.removeHeader('Access-Control-Allow-Origin');
      sendBody(res, answer.status, 'text/html; charset=utf-8', answer.html);
      return;
    case 'see-other':
      res.statusCode = 303;
      res.setHeader('Location', answer.location);
      res.end();
  }
};

/** Characters of a path that is repeated. */
const MAX_ROUTE = 200;

export const routeNotFound = (method: string, path: string): ApiError =>
  apiError('route_not_found', shortened(`Cannot ${method} ${path}`, MAX_ROUTE));

const SERVICE_UNAVAILABLE = 503;

/** How an error is said to the client. */
type Say = (req: Request, res: Response, error: ApiError) => void;

const sayInJson =
  ({ clock }: Pick<HttpDeps, 'clock'>): Say =>
  (req, res, error) => {
    const context = { now: clock.now(), path: req.path, requestId: requestIdOf(res) };
    sendJson(res, statusByCode[error.code], errorBody(error, context));
  };

/** Sends an error, as the one error body unless told otherwise, and what went wrong inside to the log alone. */
export const sendError =
  (deps: Pick<HttpDeps, 'clock' | 'log'>, say: Say = sayInJson(deps)): Refuse =>
  (req, res, route, error) => {
    const requestId = requestIdOf(res);
    if (error.fault !== undefined) {
      const type = statusByCode[error.code] === SERVICE_UNAVAILABLE ? 'outage' : 'fault';
      deps.log({ type, requestId, route, reason: error.fault });
    }
    if (res.headersSent || res.writableEnded) return;
    if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(error.retryAfterSeconds));
    if (error.code === 'credentials_required') res.setHeader('WWW-Authenticate', 'Bearer');
    say(req, res, error);
  };

const whenGone = (res: Response): AbortSignal => {
  const gone = new AbortController();
  res.once('close', () => {
    if (!res.writableEnded) gone.abort();
  });
  return gone.signal;
};

/** Express parses the query anew each time it is asked. */
const noQuery: HttpRequest['query'] = {};

/** Whom a request counts as: its key, else the address, which a trusted proxy may have told. */
const subjectOf = (req: Request, caller: Caller): string =>
  caller === null ? addressSubject(req.ip ?? '') : `key:${caller.id}`;

const apiRequest = (req: Request, res: Response, caller: Caller): HttpRequest => ({
  // Express 5 types a wildcard's value as a list; no route here has one.
  path: req.path,
  params: req.params as Record<string, string>,
  query: req.url.includes('?') ? req.query : noQuery,
  body: req.body ?? {},
  header: (name) => {
    const value = req.headers[name];
    return Array.isArray(value) ? value.join(',') : value;
  },
  caller,
  subject: subjectOf(req, caller),
  whenGone: () => whenGone(res),
});

const setRateHeaders = (res: Response, verdict: RateVerdict): void => {
  res.setHeader('X-RateLimit-Limit-Default', verdict.limit);
  res.setHeader('X-RateLimit-Remaining-Default', verdict.remaining);
  res.setHeader('X-RateLimit-Reset-Default', verdict.resetSeconds);
};

export type Runner = {
  readonly deps: HttpDeps;
  /** Null: no limit. */
  readonly rateLimit: ((subject: string) => RateVerdict) | null;
  readonly parseBody: RequestHandler;
  readonly refuse: Refuse;
};

type Admitted = E.Either<ApiError, Caller>;

/** One function for all that stands before a handler: version, key, rate, body; then the handler, then its answer. */
export const runEndpoint = ({ deps, rateLimit, parseBody, refuse }: Runner, endpoint: Endpoint): RequestHandler => {
  const { access, handle, version, path: route } = endpoint;
  const identify = callerOf(deps);

  const counted = (req: Request, res: Response, caller: Admitted): Admitted => {
    if (rateLimit === null || access.type === 'public') return caller;
    const known = E.isRight(caller) ? caller.right : null;
    const verdict = rateLimit(subjectOf(req, known));
    setRateHeaders(res, verdict);
    if (verdict.allowed) return caller;
    const message = `Too many requests: ${verdict.limit} a minute.`;
    return E.left(apiError('rate_limited', message, { retryAfterSeconds: verdict.resetSeconds }));
  };

  const answer = async (req: Request, res: Response, caller: Caller): Promise<void> => {
    const result = await handle(apiRequest(req, res, caller));
    if (E.isLeft(result)) refuse(req, res, route, result.left);
    else sendAnswer(res, result.right);
  };

  const admit = (req: Request, res: Response, next: NextFunction, identified: Admitted): void => {
    const admitted = pipe(counted(req, res, identified), E.chain(entering(access)));
    if (E.isLeft(admitted)) {
      refuse(req, res, route, admitted.left);
      return;
    }
    if (endpoint.method === 'get') {
      answer(req, res, admitted.right).catch(next);
      return;
    }
    parseBody(req, res, (fault?: unknown) => {
      if (fault === undefined) answer(req, res, admitted.right).catch(next);
      else next(fault);
    });
  };

  return (req, res, next) => {
    const { 'cal-api-version': wanted, authorization } = req.headers;
    if (version !== null && wanted !== undefined && wanted !== version)
      return refuse(req, res, route, routeNotFound(req.method, req.path));
    if (authorization === undefined || access.type === 'public') return admit(req, res, next, E.right(null));
    return identify(authorization).then((identified) => admit(req, res, next, identified), next);
  };
};
