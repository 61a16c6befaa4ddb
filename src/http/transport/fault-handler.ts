import type { ErrorRequestHandler } from 'express';
import type { ApiError } from '../errors/api-error.ts';
import { apiError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import { routeOf } from './request-log.ts';
import type { Refuse } from './run-endpoint.ts';

const textOf = (fault: unknown, key: 'type' | 'stack'): string | null => {
  const value: unknown = typeof fault === 'object' && fault !== null && key in fault ? Reflect.get(fault, key) : null;
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
