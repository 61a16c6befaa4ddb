/**
 * Which server the stand-in plays, where versions differ. `21.10` differs in nothing but its name. `23.10`, as seen on a
 * real 23.10.8: a subscription to a stream that does not exist says that it caught up only after its first event, a
 * subscriber that is too slow is ended with ABORTED, a read of a stream whose events are all truncated ends with no
 * events. `24.10`, read from its sources: such a subscription says so at once, a slow one falls behind.
 */
export type ServerVersion = '21.10' | '23.10' | '24.10';

export const NEWEST: ServerVersion = '24.10';
