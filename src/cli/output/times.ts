/** `2050-09-05T09:00:00.000Z` as `2050-09-05 09:00Z`. */
export const minute = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')}Z`;

/** `2050-09-05T09:00:00.123Z` as `2050-09-05 09:00:00Z`. */
export const second = (instant: string): string => `${instant.slice(0, 19).replace('T', ' ')}Z`;
