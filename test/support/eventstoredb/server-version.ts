/**
 * Which server the stand-in plays, where versions differ. `21.10` differs in nothing but what it calls itself. `23.10` as
 * a real 23.10.8 was seen: a subscription to a stream that is not there says that it caught up after its first event
 * only, and one that is too slow is ended with ABORTED. `24.10` as its sources were read, tried on no real server: the
 * first says so at once, the second falls behind and reads on.
 */
export type ServerVersion = '21.10' | '23.10' | '24.10';

const NEWEST: ServerVersion = '24.10';

/** Those that suites of rules are run against. */
export const VERSIONS = ['24.10', '23.10'] as const satisfies ReadonlyArray<ServerVersion>;

const isVersion = (word: string): word is ServerVersion => ['21.10', '23.10', '24.10'].includes(word);

/** What a suite plays that says nothing: `HOLDFAST_STAND_IN_SERVER=23.10` runs all of them on that one. */
export const usualVersion = (): ServerVersion => {
  const word = process.env.HOLDFAST_STAND_IN_SERVER ?? NEWEST;
  if (!isVersion(word)) throw new Error(`HOLDFAST_STAND_IN_SERVER=${word} is no server that the stand-in can play`);
  return word;
};

/** The one that a real server of this version answers like. */
export const versionLike = (version: string): ServerVersion => (Number(version.split('.')[0]) < 24 ? '23.10' : '24.10');
