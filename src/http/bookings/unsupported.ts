import type { ApiError } from '../errors/api-error.ts';
import { apiError } from '../errors/api-error.ts';

const because: Readonly<Record<string, string>> = {
  recurrenceCount: 'there are no recurring event types',
  teamSlug: 'there are no teams',
  instant: 'there are no instant meetings',
  seatUid: 'there are no seated event types',
};

/** Parts of Cal.com's API that Holdfast does not have: said so, instead of calling them misspelt or ignoring them. */
export const unsupportedField = (body: unknown): ApiError | null => {
  if (typeof body !== 'object' || body === null) return null;
  for (const field in because) {
    if (!Object.hasOwn(body, field)) continue;
    const message = `${field} is not supported: ${because[field]}`;
    return apiError('unsupported_feature', message, { fields: [{ field, code: 'unsupported', message }] });
  }
  return null;
};
