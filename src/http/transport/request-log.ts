import type { Request, RequestHandler, Response } from 'express';
import type { HttpDeps } from '../http-deps.ts';

const REQUEST_ID_HEADER = 'X-Request-Id';

/** The id that the answer carries, under which faults are logged. */
export const requestIdOf = (res: Response): string => String(res.getHeader(REQUEST_ID_HEADER) ?? '');

/** The pattern of the matched route, never the path: paths carry uids. */
export const routeOf = (req: Request): string => {
  const matched: unknown = req.route;
  const path = typeof matched === 'object' && matched !== null && 'path' in matched ? matched.path : undefined;
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
