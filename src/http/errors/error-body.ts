import type { ApiError, ErrorStatus } from './api-error.ts';
import { statusByCode } from './api-error.ts';

/** Names that Cal.com's clients may know, and the reason phrases of RFC 9110. */
const namesByStatus: Readonly<Record<ErrorStatus, readonly [exception: string, phrase: string]>> = {
  400: ['BadRequestException', 'Bad Request'],
  401: ['UnauthorizedException', 'Unauthorized'],
  403: ['ForbiddenException', 'Forbidden'],
  404: ['NotFoundException', 'Not Found'],
  409: ['ConflictException', 'Conflict'],
  413: ['PayloadTooLargeException', 'Content Too Large'],
  415: ['UnsupportedMediaTypeException', 'Unsupported Media Type'],
  422: ['UnprocessableEntityException', 'Unprocessable Content'],
  429: ['ThrottlerException', 'Too Many Requests'],
  500: ['InternalServerErrorException', 'Internal Server Error'],
  503: ['ServiceUnavailableException', 'Service Unavailable'],
};

/** `timestamp`: UTC instant. `path`: without its query, which may hold a token. */
export type ErrorContext = { readonly timestamp: string; readonly path: string; readonly requestId: string };

/**
 * The one error body (ADR 0019): Cal.com's nested envelope, top-level `message` and `statusCode` for the clients that
 * read only those, and in `error.code` a stable code of ours.
 */
export const errorBody = (error: ApiError, { timestamp, path, requestId }: ErrorContext) => {
  const statusCode = statusByCode[error.code];
  const [exception, phrase] = namesByStatus[statusCode];
  return {
    status: 'error',
    timestamp,
    path,
    requestId,
    statusCode,
    message: error.message,
    error: {
      code: error.code,
      exception,
      message: error.message,
      details: { message: error.message, error: phrase, statusCode, errors: error.fields ?? [] },
    },
  };
};
