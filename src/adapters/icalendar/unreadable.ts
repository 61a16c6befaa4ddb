type Unreadable = Error & { readonly unreadable: true };

/** An error whose message is ours and may be shown: it holds no text of anybody's calendar. */
export const unreadable = (reason: string): Unreadable =>
  Object.assign(new Error(reason), { unreadable: true as const });

const isUnreadable = (error: unknown): error is Unreadable => error instanceof Error && 'unreadable' in error;

/** Why a calendar's text could not be read. What a library says is left out: it may quote the text. */
export const whyUnreadable = (error: unknown): string =>
  isUnreadable(error) ? error.message : 'it cannot be understood';
