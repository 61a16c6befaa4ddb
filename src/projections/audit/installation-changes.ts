import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AuditLog } from '../../application/audit/read-for-audit.ts';
import { changesStream } from '../../application/commands/aggregate.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import type { ChangeEvent } from '../../domain/installation/change-events.ts';
import { MOST_PATHS } from '../../domain/installation/changes-stream.ts';
import { decodeChangeEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { AuditNames } from './booking-timeline.ts';

/**
 * `at`: when it happened; `recordedAt`: when the log was told, which is later for keys that the command line made or revoked
 * without the server. `by`: the key that did it, by its name where that is known, and `byKey` its id, since names may
 * be the same; null: the server, or somebody at its data folder.
 */
export type InstallationChange = {
  readonly at: string;
  readonly recordedAt: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly by: string | null;
  readonly byKey: string | null;
  readonly what: string;
  readonly data: unknown;
};

/** `unreadable`: events that this program does not understand. */
export type InstallationChanges = {
  readonly changes: ReadonlyArray<InstallationChange>;
  readonly unreadable: number;
};

/** Paths that are named in words; the data has all of them. */
const MOST_NAMED = 8;

/** Many settings of one thing, as where an event type is new, are named by that: `hosts[odd].eventTypes[intro] (21 settings)`. */
const grouped = (paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const thing = path.slice(0, Math.max(0, path.lastIndexOf('.')));
    groups.set(thing, [...(groups.get(thing) ?? []), path]);
  }
  return [...groups].flatMap(([thing, own]) =>
    thing === '' || own.length === 1 ? own : [`${thing} (${own.length} settings)`],
  );
};

const named = (paths: ReadonlyArray<string>): string => {
  const names = paths.length <= MOST_NAMED ? paths : grouped(paths);
  return names.length <= MOST_NAMED
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
};

/** A verifier key without the key itself, which the data has whole: its name, and the digits that signed notes call it by. */
const keyInWords = (verifier: string): string => verifier.split('+', 2).join('+');

/** The change of the configuration before one; null: there is none. `isFull`: what had no place in its event follows in the next. */
type ConfigurationBefore = { readonly keyed: string; readonly isFull: boolean } | null;

const configurationInWords = (
  { when, changes, keyed }: Extract<ChangeEvent, { readonly type: 'ConfigurationChanged' }>['data'],
  before: ConfigurationBefore,
): string => {
  const [set, gone] = [
    changes.filter(({ digest }) => digest !== null),
    changes.filter(({ digest }) => digest === null),
  ];
  const how = when === 'start' ? 'at a start' : 'by a reload';
  const settings = `${changes.length} settings`;
  if (before?.isFull === true && before.keyed === keyed) return `more of the configuration (${how}): ${settings}`;
  if (before === null) return `the configuration is known from here on (${how}): ${settings}`;
  if (before.keyed !== keyed)
    return `the secret of the installation is another one (${how}), so that nothing can be compared: ${settings}`;
  const parts = [
    ...(set.length === 0 ? [] : [`now ${named(set.map(({ path }) => path))}`]),
    ...(gone.length === 0 ? [] : [`no more ${named(gone.map(({ path }) => path))}`]),
  ];
  return `the configuration changed (${how}): ${parts.join('; ')}`;
};

const inWords = (event: ChangeEvent, names: AuditNames, before: ConfigurationBefore): string => {
  const keyName = (id: string): string => {
    const name = names.ofActor(id);
    return name === null ? id : `"${name}" (${id})`;
  };
  switch (event.type) {
    case 'ApiKeyMade':
      return `key ${keyName(event.data.keyId)} was made, roles ${event.data.roles.join(', ')}${event.data.hostId === null ? '' : ` for host ${event.data.hostId}`}`;
    case 'ApiKeyEnded':
      return `key ${keyName(event.data.keyId)} was revoked`;
    case 'ConfigurationChanged':
      return configurationInWords(event.data, before);
    case 'PersonalDataRead':
      return `personal data was read in the hour from ${event.data.hour}: ${Object.entries(event.data.answers)
        .map(([what, count]) => `${what} ${count}`)
        .join(', ')}`;
    case 'HeadSigned':
      return `the head of ${event.data.size} events was signed, to be sent by node ${event.data.node}`;
    case 'WrappingKeyRotated':
      return `the keys of ${event.data.keys} people were wrapped with a new key; the one before was destroyed`;
    case 'NodeConfigured':
      return event.data.digest === null
        ? `node ${event.data.node} was stopped`
        : `node ${event.data.node} runs by the configuration ${event.data.digest}`;
    case 'HeadKeyChanged':
      return event.data.previous === null
        ? `heads are signed with ${keyInWords(event.data.key)}`
        : `heads are signed with ${keyInWords(event.data.key)} from here on, no more with ${keyInWords(event.data.previous)}: ${event.data.signature === null ? 'NOT signed by the earlier key' : 'with a signature of the earlier key'}`;
  }
};

/** When it happened, by the event itself or by what it tells of. */
const happenedAt = (event: ChangeEvent): string => {
  if (event.type === 'ApiKeyMade') return event.data.createdAt;
  return event.type === 'ApiKeyEnded' ? event.data.revokedAt : event.occurredAt;
};

/** What happened to the installation beside its bookings, oldest first, in `[from, to)`. Epoch milliseconds. */
export const installationChanges = async (
  log: Pick<AuditLog, 'readStream'>,
  names: AuditNames,
  { from, to }: { readonly from: number | null; readonly to: number | null },
): Promise<E.Either<StoreError, InstallationChanges>> =>
  pipe(
    await log.readStream(changesStream)(),
    E.map((events) => {
      let before: ConfigurationBefore = null;
      const changeOf = (recorded: RecordedEvent): ReadonlyArray<InstallationChange> => {
        const event = decodeChangeEvent(recorded);
        const { occurredAt: recordedAt, revision, position, type, actor, data } = recorded;
        if (E.isLeft(event)) return [];
        const what = inWords(event.right, names, before);
        if (event.right.type === 'ConfigurationChanged') {
          const { keyed, changes } = event.right.data;
          before = { keyed, isFull: changes.length === MOST_PATHS };
        }
        const at = happenedAt(event.right);
        const ms = toEpochMs(at);
        if (ms < (from ?? 0) || ms >= (to ?? Number.MAX_SAFE_INTEGER)) return [];
        const byKey = actor.id ?? null;
        const by = byKey === null ? null : (names.ofActor(byKey) ?? byKey);
        return [{ at, recordedAt, revision, position, type, by, byKey, what, data }];
      };
      return {
        changes: events.flatMap(changeOf),
        unreadable: events.filter((event) => E.isLeft(decodeChangeEvent(event))).length,
      };
    }),
  );
