import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import {
  configurationChanges,
  type ConfigurationChange,
  needingRestart,
} from '../adapters/configuration/compare-configurations.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Errors } from '../adapters/configuration/errors.ts';
import { changesInWords } from './reconcile-at-start.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { CalendarHealthReader } from '../application/ports/read-models.ts';
import type { Report } from '../application/saga/effect-context.ts';
import { messageOf } from '../domain/unknown.ts';
import type { LiveConnections } from './live-connections.ts';

/** Why the configuration stays what it was. `path`: in the file, or a variable. */
export type ReloadRefusal = {
  readonly type: 'Refused';
  readonly errors: ReadonlyArray<{ readonly path: string; readonly code: string; readonly message: string }>;
};

/** What is different now. */
export type Reloaded = {
  readonly changes: ReadonlyArray<ConfigurationChange>;
  /** The same in words, one line each. */
  readonly lines: ReadonlyArray<string>;
  /** Nodes on the same log that run by another configuration now, one line each: a reload reaches one node. */
  readonly otherNodes: ReadonlyArray<string>;
};

/** `by`: the key that asks for it; null: a signal to the process. */
export type Reload = (by: string | null) => Promise<E.Either<ReloadRefusal, Reloaded>>;

type Deps = {
  readonly current: () => Configuration;
  /** The file and its secrets as they are now, checked as at a start. */
  readonly load: TaskEither<Errors, Configuration>;
  readonly connections: Pick<LiveConnections, 'reload'>;
  /** From here on it counts: for new requests, effects and messages. */
  readonly use: (
    configuration: Configuration,
    changedCalendars: ReadonlySet<string>,
    by: string | null,
  ) => Promise<void>;
  readonly otherNodes: () => ReadonlyArray<string>;
  readonly readModel: Pick<CalendarHealthReader, 'liveBookings' | 'calendarHealth'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: Report;
  readonly info: (message: string) => void;
};

const refused = (errors: ReloadRefusal['errors']): E.Either<ReloadRefusal, never> =>
  E.left({ type: 'Refused', errors });

/**
 * Takes the configuration as the file is now, as a whole or not at all. One reload at a time; one that is asked for meanwhile
 * comes after it.
 */
export const makeReload = (deps: Deps): Reload => {
  const { current, load, connections, use, report, info } = deps;
  const once = async (by: string | null): Promise<E.Either<ReloadRefusal, Reloaded>> => {
    const loaded = await load();
    if (E.isLeft(loaded)) return refused(loaded.left);
    const [from, to] = [current(), loaded.right];
    const fixed = needingRestart(from, to);
    if (fixed.length > 0)
      return refused(
        fixed.map((path) => ({
          path,
          code: 'needs_restart',
          message: 'is changed by a restart only; nothing was reloaded',
        })),
      );
    const changes = configurationChanges(from, to);
    const changedCalendars = await connections.reload(to).then(E.right, (fault: unknown) => E.left(messageOf(fault)));
    if (E.isLeft(changedCalendars))
      return refused([{ path: 'calendars', code: 'cannot_connect', message: changedCalendars.left }]);
    await use(to, changedCalendars.right, by);
    return E.right({ changes, lines: await changesInWords(deps, changes), otherNodes: deps.otherNodes() });
  };

  const told = async (by: string | null): Promise<E.Either<ReloadRefusal, Reloaded>> => {
    const done = await once(by);
    if (E.isLeft(done))
      for (const { path, code, message } of done.left.errors)
        report({ where: 'reload', reason: `refused, the old configuration stays: ${path}: ${message} [${code}]` });
    else if (done.right.lines.length === 0) info('the configuration was reloaded: nothing has changed');
    else for (const line of done.right.lines) info(`the configuration was reloaded: ${line}`);
    return done;
  };

  let last: Promise<unknown> = Promise.resolve();
  return (by) => {
    const next = last.then(() => told(by));
    last = next.catch(() => undefined);
    return next;
  };
};
