import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Errors } from '../adapters/configuration/errors.ts';
import type { GroupCommitOptions } from '../adapters/sqlite/group-commit.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import type { Conferencing } from '../application/ports/conferencing.ts';
import type { Mailer } from '../application/ports/delivery.ts';
import type { FindSlotsDeps } from '../application/queries/find-slots.ts';
import type { Secret } from '../application/secret.ts';
import type { Feeds } from './mail-links-and-feeds.ts';
import type { Reload } from './reload.ts';

/**
 * A running server. `newKey`: the first API key, made at this start and stored nowhere in clear; null: there was one.
 */
export type RunningServer = {
  readonly url: string;
  readonly newKey: Secret | null;
  /** Its name among the nodes on one log. */
  readonly node: string;
  /**
   * Whether the start before this one used another secret: then links in earlier mails are void, and repeated
   * Idempotency-Keys book again.
   */
  readonly isSecretNew: boolean;
  readonly feeds: Feeds;
  readonly slots: FindSlotsDeps;
  /** Takes the configuration as the file is now, or tells why not. */
  readonly reload: Reload;
  /** Resolves when everything that is due now is done: calendars written, messages sent. */
  readonly idle: () => Promise<void>;
  /**
   * Requests and calls finish within their grace, positions are saved, the data file is closed. Calling it twice is
   * harmless.
   */
  readonly stop: () => Promise<void>;
};

/**
 * Replacements for tests: a clock that is set by hand, calendars under a fault plan. Only what is named is replaced;
 * calendars are added to the configured ones and win over them.
 */
export type Substitutes = {
  readonly clock?: Clock;
  readonly identity?: Identity;
  readonly calendars?: ReadonlyMap<string, Calendar>;
  readonly conferencing?: ReadonlyMap<string, Conferencing>;
  readonly mailer?: Mailer;
  /** What a reload reads; not there: it finds what the server started with. */
  readonly reload?: TaskEither<Errors, Configuration>;
  /** Benches only: to measure what grouping commits saves. */
  readonly groupCommit?: GroupCommitOptions;
  /** Benches only: nothing reacts to the log, so that a command is measured alone. */
  readonly withoutConsumers?: boolean;
};
