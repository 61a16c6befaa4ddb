/** Every code that an answer can carry, and its HTTP status. Codes are part of the API: never renamed. */
export const statusByCode = {
  invalid_request: 400,
  malformed_json: 400,
  malformed_body: 400,
  malformed_url: 400,
  malformed_request: 400,
  attendee_email_required: 400,
  unsupported_feature: 400,
  invalid_idempotency_key: 400,
  window_too_long: 400,
  start_in_past: 400,
  inside_minimum_notice: 400,
  beyond_booking_window: 400,
  invalid_length: 400,
  off_grid: 400,
  booking_already_ended: 400,
  booking_already_cancelled: 400,
  booking_not_cancellable: 400,
  booking_not_started: 400,
  booking_not_accepted: 400,
  attendee_not_found: 400,
  booking_not_reschedulable: 400,
  attendee_is_booker: 409,
  too_many_guests: 409,
  too_many_changes: 409,
  too_many_keys: 409,
  key_from_environment: 409,
  no_removal_failed: 409,
  reason_required: 400,
  credentials_required: 401,
  credentials_invalid: 401,
  guest_token_required: 401,
  guest_token_invalid: 401,
  guest_token_expired: 401,
  forbidden: 403,
  route_not_found: 404,
  booking_not_found: 404,
  unknown_attendee: 404,
  event_type_not_found: 404,
  host_not_found: 404,
  stream_not_found: 404,
  revision_not_found: 404,
  calendar_feed_not_found: 404,
  push_channel_not_found: 404,
  calendar_not_found: 404,
  consumer_group_not_found: 404,
  delivery_not_found: 404,
  key_not_found: 404,
  webhook_not_found: 404,
  request_timeout: 408,
  ambiguous_uid: 409,
  not_decided: 409,
  position_beyond_end: 409,
  outside_hours: 409,
  slot_unavailable: 409,
  booking_limit_reached: 409,
  booking_not_pending: 409,
  approval_deadline_passed: 409,
  booking_not_live: 409,
  guest_still_expected: 409,
  guest_still_told: 409,
  personal_data_in_clear: 409,
  booking_already_requested: 409,
  booking_already_at_this_time: 409,
  booking_rescheduled_meanwhile: 409,
  reschedule_in_flight: 409,
  reschedule_refused: 409,
  too_many_reschedules: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  expectation_failed: 417,
  idempotency_key_reused: 422,
  configuration_refused: 422,
  rate_limited: 429,
  mail_limit_reached: 429,
  headers_too_large: 431,
  internal_error: 500,
  log_corrupt: 500,
  calendar_unreadable: 503,
  audit_busy: 503,
  overloaded: 503,
  store_unavailable: 503,
  outcome_unknown: 503,
  read_model_behind: 503,
  read_model_unavailable: 503,
  delivery_log_unavailable: 503,
  not_ready: 503,
} as const;

export type ErrorCode = keyof typeof statusByCode;
export type ErrorStatus = (typeof statusByCode)[ErrorCode];

/** `field`: where in the body or the query, as a path: `attendee.email`. `code`: `required`, `invalid`, `unknown`, ... */
export type FieldError = { readonly field: string; readonly code: string; readonly message: string };

/**
 * Why a request was not done. `message` is for the caller: no secret, nothing of other people, nothing of the inside.
 * `fault`: what went wrong inside, for the log alone.
 */
export type ApiError = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fields?: ReadonlyArray<FieldError>;
  readonly retryAfterSeconds?: number;
  readonly fault?: string;
};

export const apiError = (
  code: ErrorCode,
  message: string,
  more: Omit<ApiError, 'code' | 'message'> = {},
): ApiError => ({ code, message, ...more });

/** So many wrong fields are named at most, and so many characters are said of each: an error is never larger than 32 KiB. */
const MAX_FIELDS = 20;
const MAX_FIELD = 200;
const MAX_MESSAGE = 300;
/** Characters of the path that an answer repeats. */
const MAX_PATH = 500;

export const shortened = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}…` : text);

/** A request whose fields are wrong, with the first 20 of them named. The message names them too, for whoever reads no more. */
export const fieldErrors = (wrong: ReadonlyArray<FieldError>, code: ErrorCode = 'invalid_request'): ApiError => {
  const fields = wrong.slice(0, MAX_FIELDS).map(({ field, message, ...rest }) => ({
    ...rest,
    field: shortened(field, MAX_FIELD),
    message: shortened(message, MAX_MESSAGE),
  }));
  return apiError(code, fields.map(({ message }) => message).join('; '), { fields });
};

export const fieldError = (field: string, code: string, message: string): FieldError => ({ field, code, message });

/** Names that Cal.com's clients may know, and the reason phrases of RFC 9110. */
const namesByStatus: Readonly<Record<ErrorStatus, readonly [exception: string, phrase: string]>> = {
  400: ['BadRequestException', 'Bad Request'],
  401: ['UnauthorizedException', 'Unauthorized'],
  403: ['ForbiddenException', 'Forbidden'],
  404: ['NotFoundException', 'Not Found'],
  408: ['RequestTimeoutException', 'Request Timeout'],
  409: ['ConflictException', 'Conflict'],
  413: ['PayloadTooLargeException', 'Content Too Large'],
  415: ['UnsupportedMediaTypeException', 'Unsupported Media Type'],
  417: ['ExpectationFailedException', 'Expectation Failed'],
  422: ['UnprocessableEntityException', 'Unprocessable Content'],
  429: ['ThrottlerException', 'Too Many Requests'],
  431: ['RequestHeaderFieldsTooLargeException', 'Request Header Fields Too Large'],
  500: ['InternalServerErrorException', 'Internal Server Error'],
  503: ['ServiceUnavailableException', 'Service Unavailable'],
};

/** `now`: epoch milliseconds. `path`: without its query, which may hold a token. */
export type ErrorContext = { readonly now: number; readonly path: string; readonly requestId: string };

/**
 * The one error body (ADR 0019): Cal.com's nested envelope, top-level `message` and `statusCode` for the clients that
 * read only those, and in `error.code` a stable code of ours.
 */
export const errorBody = (error: ApiError, { now, path, requestId }: ErrorContext) => {
  const statusCode = statusByCode[error.code];
  const [exception, phrase] = namesByStatus[statusCode];
  return {
    status: 'error',
    timestamp: Temporal.Instant.fromEpochMilliseconds(now).toString({ fractionalSecondDigits: 3 }),
    path: shortened(path, MAX_PATH),
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
