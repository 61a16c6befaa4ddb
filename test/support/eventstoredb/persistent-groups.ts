import { allSource, type Source, streamSource } from './catch-up.ts';
import type { Database } from './database.ts';
import type { EventFilter } from './filters.ts';
import { createGroup, type Group } from './persistent-group.ts';
import type { GroupSettings } from './persistent-settings.ts';
import { createStorage, type GroupStorage } from './persistent-storage.ts';
import type { GroupProblem } from './rpc-errors.ts';

export type Known = {
  readonly stream: string;
  readonly name: string;
  readonly settings: GroupSettings;
  readonly storage: GroupStorage;
  readonly group: Group;
};

/** The groups of a stand-in. Their state lives on the leader: a change of leader begins again at the checkpoints. */
export type Groups = {
  readonly create: (
    stream: string,
    name: string,
    settings: GroupSettings,
    filter: EventFilter | undefined,
  ) => GroupProblem | undefined;
  /** Consumers are dropped, and it begins again at its checkpoint. */
  readonly update: (stream: string, name: string, settings: GroupSettings) => GroupProblem | undefined;
  readonly remove: (stream: string, name: string) => GroupProblem | undefined;
  readonly find: (stream: string, name: string) => Known | undefined;
  readonly all: () => ReadonlyArray<Known>;
  /** Whether this leader has known a group on this stream, even if it is gone now. */
  readonly hasTopic: (stream: string) => boolean;
  /** What was only in a leader's memory is gone. */
  readonly beginAgain: () => void;
  readonly close: () => void;
};

/** Milliseconds; the server looks once a second, which tests would wait for. */
const TICK_MS = 50;

const keyOf = (stream: string, name: string): string => `${stream}::${name}`;

type Manner = { readonly isLeaky: boolean; readonly isPinning: boolean };

export const createGroups = (database: Database, { isLeaky, isPinning }: Manner): Groups => {
  const { log, now } = database;
  const known = new Map<string, Known & { readonly source: Source }>();
  const topics = new Set<string>();
  const sourceOf = (stream: string, filter: EventFilter | undefined): Source =>
    stream === '$all' ? allSource(log, filter) : streamSource(log, now, stream);
  const begin = (stream: string, name: string, settings: GroupSettings, source: Source): void => {
    const storage = createStorage(database, stream, name);
    const dealt = isPinning ? settings : { ...settings, strategy: 'RoundRobin' as const };
    const group = createGroup({ log, now, source, settings: dealt, storage, isLeaky });
    topics.add(stream);
    known.set(keyOf(stream, name), { stream, name, settings, storage, group, source });
  };
  const timer = setInterval(() => {
    for (const { group } of known.values()) group.tick();
  }, TICK_MS);
  timer.unref();

  return {
    create: (stream, name, settings, filter) => {
      if (known.has(keyOf(stream, name))) return 'exists';
      begin(stream, name, settings, sourceOf(stream, filter));
      return undefined;
    },
    update: (stream, name, settings) => {
      const old = known.get(keyOf(stream, name));
      if (old === undefined) return 'does-not-exist';
      old.group.end();
      begin(stream, name, settings, old.source);
      return undefined;
    },
    remove: (stream, name) => {
      const old = known.get(keyOf(stream, name));
      if (old === undefined) return 'does-not-exist';
      known.delete(keyOf(stream, name));
      old.group.end();
      old.storage.remove();
      return undefined;
    },
    find: (stream, name) => known.get(keyOf(stream, name)),
    all: () => [...known.values()],
    hasTopic: (stream) => topics.has(stream),
    beginAgain: () => {
      topics.clear();
      for (const { stream, name, settings, group, source } of [...known.values()]) {
        group.end();
        begin(stream, name, settings, source);
      }
    },
    close: () => {
      clearInterval(timer);
      for (const { group } of known.values()) group.end();
    },
  };
};
