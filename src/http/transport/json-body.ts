import type { RequestHandler } from 'express';
import express from 'express';
import { apiError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import { sendError } from './run-endpoint.ts';

const hasBody = (headers: { readonly [name: string]: unknown }): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** Parses JSON bodies up to the limit. No body is fine; a body of another media type is 415. */
export const jsonBody = (deps: HttpDeps): RequestHandler => {
  const parse = express.json({ limit: deps.limits.bodyBytes, inflate: true, strict: false });
  const refuse = sendError(deps);
  return (req, res, next) => {
    if (!hasBody(req.headers)) {
      next();
      return;
    }
    parse(req, res, (fault?: unknown) => {
      if (fault !== undefined) next(fault);
      else if (req.body === undefined && req.headers['content-length'] !== '0')
        refuse(req, res, '(body)', apiError('unsupported_media_type', 'The body must be application/json.'));
      else next();
    });
  };
};
