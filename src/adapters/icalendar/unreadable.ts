type Unreadable = Error & { readonly unreadable: true };

/** An error whose message is ours and may be shown: it holds no text of anybody's calendar. */
export const unreadable = (reason: string): Unreadable =>
  Object.assign(new Error(reason), { unreadable: true as const });

const isUnreadable = (error: unknown): error is Unreadable => error instanceof Error && 'unreadable' in error;

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** Why a calendar's text could not be read. What ical.js says is left out: it quotes the text. */
export const reasonOf = (error: unknown): string => {
  if (isTimeout(error)) return 'a recurrence takes too long to work out';
  return isUnreadable(error) ? error.message : 'not valid iCalendar';
};
