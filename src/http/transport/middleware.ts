import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import express from 'express';
import { MAX_JSON_DEPTH, isTooDeep } from '../../domain/log/envelope.ts';
import { isObject } from '../../domain/unknown.ts';
import { type ApiError, apiError, errorBody, statusByCode } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';

/** An answer that is sent as it stands. */
export type WholeAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Codes of Node's HTTP parser and server (nodejs.org/api/errors.html), and what each means to the caller. */
const errorOf = (code: string): ApiError => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return apiError('headers_too_large', 'The headers are too large: at most 16 KiB together.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return apiError('body_too_large', 'The chunk extensions of the body are too large.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return apiError('request_timeout', 'The request did not arrive in time: headers in 10 s, all of it in 30 s.');
    case 'EXPECTATION':
      return apiError('expectation_failed', 'The only value of Expect that is served is 100-continue.');
    default:
      return apiError('malformed_request', 'This is not HTTP/1.1 as it can be understood.');
  }
};

/** The one error body as a whole answer, for what is refused before Express sees it. `path`: empty where it is not known. */
export const wholeAnswer =
  ({ clock, newRequestId }: Pick<HttpDeps, 'clock' | 'newRequestId'>) =>
  (error: ApiError, path: string): WholeAnswer => {
    const requestId = newRequestId();
    const body = JSON.stringify(errorBody(error, { now: clock.now(), path, requestId }));
    return {
      status: statusByCode[error.code],
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': String(Buffer.byteLength(body)),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Expose-Headers': ANSWER_HEADERS,
        'X-Request-Id': requestId,
        ...(error.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(error.retryAfterSeconds) }),
      },
      body,
    };
  };

/** What Node's parser refuses. Nothing of what was sent is repeated, and the connection ends. */
export const parserRefusal = (deps: Pick<HttpDeps, 'clock' | 'newRequestId'>) => {
  const answer = wholeAnswer(deps);
  return (code: string): WholeAnswer => {
    const { headers, ...rest } = answer(errorOf(code), '');
    return { ...rest, headers: { ...headers, Connection: 'close' } };
  };
};

export type Refuse = (req: Request, res: Response, route: string, error: ApiError) => void;

const METHODS = 'GET, PATCH, DELETE, HEAD, POST, PUT, OPTIONS';
const REQUEST_HEADERS =
  'Accept, Authorization, Content-Type, Idempotency-Key, Prefer, cal-api-version, x-cal-client-id, x-cal-secret-key, Holdfast-Position, Holdfast-Guest-Token';
const ANSWER_HEADERS =
  'Location, Retry-After, Preference-Applied, Holdfast-Position, Idempotency-Replayed, X-Request-Id, X-RateLimit-Limit-Default, X-RateLimit-Remaining-Default, X-RateLimit-Reset-Default';
/** Seconds a browser may keep the answer to a preflight. */
const PREFLIGHT_MAX_AGE_S = '86400';

/** Any origin may call, as with Cal.com: keys travel in a header, never in a cookie. Answers preflights itself. */
export const cors: RequestHandler = (req, res, next) => {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Expose-Headers', ANSWER_HEADERS);
  if (req.method !== 'OPTIONS') {
    next();
    return;
  }
  res.setHeader('Access-Control-Allow-Methods', METHODS);
  res.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
  res.setHeader('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_S);
  res.status(204).end();
};

const hasBody = (headers: { readonly [name: string]: unknown }): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** No body is fine; one that `parse` leaves alone is 415. `wanted`: the media type that it parses. */
export const bodyOf =
  (parse: RequestHandler, wanted: string, refuse: Refuse): RequestHandler =>
  (req, res, next) => {
    if (!hasBody(req.headers)) {
      next();
      return;
    }
    parse(req, res, (fault?: unknown) => {
      if (fault !== undefined) next(fault);
      else if (req.body === undefined && req.headers['content-length'] !== '0')
        refuse(req, res, '(body)', apiError('unsupported_media_type', `The body must be ${wanted}.`));
      else if (isTooDeep(req.body))
        refuse(req, res, '(body)', apiError('malformed_json', `The body is nested more than ${MAX_JSON_DEPTH} deep.`));
      else next();
    });
  };

/** Parses JSON bodies up to the limit. */
export const jsonBody = (deps: HttpDeps, refuse: Refuse): RequestHandler =>
  bodyOf(express.json({ limit: deps.limits.bodyBytes, inflate: true, strict: false }), 'application/json', refuse);

const REQUEST_ID_HEADER = 'X-Request-Id';

/** The id that the answer carries, under which faults are logged. */
export const requestIdOf = (res: Response): string => String(res.getHeader(REQUEST_ID_HEADER) ?? '');

/** The pattern of the matched route, never the path: paths carry uids. */
const routeOf = (req: Request): string => {
  const matched: unknown = req.route;
  const path = isObject(matched) ? matched.path : undefined;
  return typeof path === 'string' ? path : '(no route)';
};

/** Gives each request an id of ours and writes one line when its answer is out, or when the client is gone. */
export const logRequests =
  (deps: Pick<HttpDeps, 'clock' | 'log' | 'newRequestId'>): RequestHandler =>
  (req, res, next) => {
    const requestId = deps.newRequestId();
    const begun = deps.clock.now();
    res.setHeader(REQUEST_ID_HEADER, requestId);
    res.once('close', () => {
      const { method } = req;
      const route = routeOf(req);
      const status = res.writableEnded ? res.statusCode : CLIENT_GONE;
      deps.log({ type: 'request', requestId, method, route, status, ms: deps.clock.now() - begun });
    });
    next();
  };

/** What the log says of a request whose client hung up before the answer (the status nginx uses for it). */
const CLIENT_GONE = 499;

const statusOf = (fault: unknown): number =>
  typeof fault === 'object' && fault !== null && 'status' in fault && typeof fault.status === 'number'
    ? fault.status
    : 500;

const textOf = (fault: unknown, key: 'type' | 'stack'): string | null => {
  const value: unknown = isObject(fault) && key in fault ? fault[key] : null;
  return typeof value === 'string' ? value : null;
};

/** What Express and its body parser throw about a request (`type` of body-parser's errors); anything else is our fault. */
const errorOfFault = (fault: unknown, bodyBytes: number): ApiError => {
  switch (textOf(fault, 'type')) {
    case 'entity.too.large':
      return apiError('body_too_large', `The body is too large: at most ${bodyBytes} bytes.`);
    case 'entity.parse.failed':
      return apiError('malformed_json', 'The body is not valid JSON.');
    case 'request.aborted':
    case 'request.size.invalid':
      return apiError('malformed_json', 'The body ended before it was whole.');
    case 'charset.unsupported':
    case 'encoding.unsupported':
    case 'entity.verify.failed':
      return apiError('unsupported_media_type', 'The body must be JSON in UTF-8.');
    case null:
    default:
      if (fault instanceof URIError) return apiError('malformed_url', 'The path cannot be decoded.');
      // The parser has no type for what zlib refuses: bytes that are not what the header says, or that end too early.
      if (statusOf(fault) === 415)
        return apiError('unsupported_media_type', 'Content-Encoding must be gzip, deflate, br, zstd or identity.');
      if (statusOf(fault) < 500)
        return apiError(
          'malformed_body',
          'The body is not what its Content-Encoding says, or it ended before it was whole.',
        );
      return apiError('internal_error', 'Something went wrong on our side.', {
        fault: textOf(fault, 'stack') ?? String(fault),
      });
  }
};

/** The last stop: a stack trace goes to the log, never to the client. */
export const faultHandler =
  (deps: HttpDeps, refuse: Refuse): ErrorRequestHandler =>
  (fault: unknown, req, res, _next) => {
    refuse(req, res, routeOf(req), errorOfFault(fault, deps.limits.bodyBytes));
  };
