import { toInstant } from '../../domain/time/time.ts';
import { type ApiError, apiError, errorBody, statusByCode } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';

/** A whole answer to something that never became a request. */
export type Refusal = {
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

/** The one error body for what Node's parser refuses. `path` is not known, and nothing of what was sent is repeated. */
export const parserRefusal =
  ({ clock, newRequestId }: Pick<HttpDeps, 'clock' | 'newRequestId'>) =>
  (code: string): Refusal => {
    const error = errorOf(code);
    const requestId = newRequestId();
    const body = JSON.stringify(errorBody(error, { timestamp: toInstant(clock.now()), path: '', requestId }));
    return {
      status: statusByCode[error.code],
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': String(Buffer.byteLength(body)),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'X-Request-Id': requestId,
        Connection: 'close',
      },
      body,
    };
  };
