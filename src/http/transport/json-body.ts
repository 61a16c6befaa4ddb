import type { RequestHandler } from 'express';
import express from 'express';
import { apiError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Refuse } from './run-endpoint.ts';

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
      else next();
    });
  };

/** Parses JSON bodies up to the limit. */
export const jsonBody = (deps: HttpDeps, refuse: Refuse): RequestHandler =>
  bodyOf(express.json({ limit: deps.limits.bodyBytes, inflate: true, strict: false }), 'application/json', refuse);
