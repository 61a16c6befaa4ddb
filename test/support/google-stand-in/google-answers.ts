/** An HTTP answer of the stand-in. `body` undefined: none. */
export type Answer = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** The error body of the Calendar API: https://developers.google.com/workspace/calendar/api/guides/errors */
export const refusal = (
  status: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): Answer => ({
  status,
  headers,
  body: { error: { errors: [{ domain: 'global', reason, message }], code: status, message } },
});

/** RFC 6749 section 5.2, as the token endpoint answers. */
export const oauthRefusal = (status: number, error: string): Answer => ({
  status,
  body: { error, error_description: `stand-in: ${error}` },
});

export const notFound = refusal(404, 'notFound', 'Not Found');
export const invalidCredentials = refusal(401, 'authError', 'Invalid Credentials');
/** Seen in answers to `events.insert`: an id with other characters, and an id beside an iCalUID. */
export const invalidId = refusal(400, 'invalid', 'Invalid resource id value.');
export const duplicate = refusal(409, 'duplicate', 'The requested identifier already exists.');
export const alreadyDeleted = refusal(410, 'deleted', 'Resource has been deleted');
export const syncTokenIsOver = refusal(
  410,
  'fullSyncRequired',
  'Sync token is no longer valid, a full sync is required.',
);
export const syncTokenIsNone = refusal(400, 'invalid', 'Invalid sync token value.');
export const pageTokenIsNone = refusal(400, 'invalid', 'Invalid page token value.');
export const syncTokenWithRestrictions = refusal(
  400,
  'syncTokenWithRequestRestrictions',
  'Sync token cannot be used with other request restrictions.',
);
export const preconditionFailed = refusal(412, 'conditionNotMet', 'Precondition Failed');
export const invalidConference = refusal(400, 'invalid', 'Invalid conference type value.');
export const emptyRange = refusal(400, 'timeRangeEmpty', 'The specified time range is empty.');
export const longRange = refusal(400, 'timeRangeTooLong', 'The requested time range is too long.');
export const noInvitations = refusal(
  403,
  'forbiddenForServiceAccounts',
  'Service accounts cannot invite attendees without Domain-Wide Delegation of Authority.',
);
