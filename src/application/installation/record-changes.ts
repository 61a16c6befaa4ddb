import * as E from 'fp-ts/lib/Either.js';
import type { ChangeEventData } from '../../domain/installation/change-events.ts';
import { type ChangesCommand, isTold } from '../../domain/installation/changes-stream.ts';
import { toInstant } from '../../domain/time/time.ts';
import { messageOf } from '../../domain/unknown.ts';
import { INSTALLATION } from '../commands/aggregate.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { Report } from '../saga/effect-context.ts';

/** A change of an API key as the stream of keys has it. */
type KeyChange = Extract<ChangesCommand, { readonly type: 'NoteKeyChange' }>['change'];

export type ChangesDeps = {
  readonly buses: Pick<BookingBuses, 'changes'>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  readonly report: Report;
  /** All changes of keys, as their stream has them. */
  readonly keyChanges: () => Promise<E.Either<StoreError, ReadonlyArray<KeyChange>>>;
};

/** The configuration in use as digests by path; `keyed` tells their key from another. */
export type ConfigurationDigests = { readonly keyed: string; readonly digests: ReadonlyMap<string, string> };

/** Writes into the installation's stream of the log what happens beside bookings: who, when, what; no value and no secret. */
export type InstallationRecords = {
  /** Tells what the stream of keys has and the log has not: a kill between the two is caught up with. */
  readonly noteKeys: () => Promise<void>;
  /**
   * Answers the paths of what was set before and is set otherwise now; none where that cannot be known. `by`: the key that
   * asked for a reload; null: a start, or a signal.
   */
  readonly noteConfiguration: (
    when: 'start' | 'reload',
    configured: ConfigurationDigests,
    by: string | null,
  ) => Promise<ReadonlySet<string>>;
  /** Before a key with the role audit gets personal data. Left: it could not be written down, so nothing is to be given. */
  readonly noteReading: (keyId: string, what: string) => Promise<E.Either<StoreError, void>>;
  /** After the keys of people were wrapped with a new key. Left: it could not be written down. */
  readonly noteWrappingKey: (keyId: string, keys: number) => Promise<E.Either<StoreError, void>>;
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const HOUR_MS = 3_600_000;
type Counted = { hour: number; answers: Record<string, number> };

/**
 * One event a key and hour is not enough for a process that may be killed, and one a request is too many: the first answer of
 * an hour is written before it is given, the others of the hour are counted, and written when it is over.
 */
export const makeInstallationRecords = ({
  buses,
  clock,
  identity,
  report,
  keyChanges,
}: ChangesDeps): InstallationRecords => {
  const counted = new Map<string, Counted>();
  /** By key: the first answer of an hour, while it is written. */
  const firsts = new Map<string, Promise<E.Either<StoreError, void>>>();
  let cancel = (): void => undefined;
  let last: Promise<void> = Promise.resolve();

  const write = async (
    command: ChangesCommand,
    by: string | null,
  ): Promise<E.Either<StoreError, ReadonlyArray<unknown>>> => {
    const actor = by === null ? ({ kind: 'system' } as const) : ({ kind: 'operator', id: by } as const);
    const context = { commandId: identity.newCommandId(), actor, correlationId: INSTALLATION, causationId: null };
    const written = await buses.changes.execute(INSTALLATION, command, context)();
    if (E.isRight(written)) return E.right(written.right.events);
    // Nothing is refused in this stream; the type of a bus cannot say so.
    return written.left.type === 'Refused'
      ? E.left({ type: 'Unavailable', reason: 'the change was refused' })
      : E.left(written.left);
  };
  const trouble = (what: string, error: StoreError): void =>
    report({ where: 'changes of the installation', reason: `${what} not recorded: ${error.type}` });

  /** One after the other: each looks at what the log has. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = last.then(work);
    last = mine.catch((fault: unknown) => report({ where: 'changes', reason: messageOf(fault) }));
    return last;
  };

  const noteKeys = async (): Promise<void> => {
    const known = await buses.changes.load(INSTALLATION)();
    if (E.isLeft(known)) return trouble('keys are', known.left);
    const changes = await keyChanges();
    if (E.isLeft(changes)) return trouble('keys are', changes.left);
    for (const change of changes.right) {
      if (isTold(known.right.state, change)) continue;
      const noted = await write({ type: 'NoteKeyChange', now: clock.now(), change }, change.by);
      if (E.isLeft(noted)) return trouble('a key is', noted.left);
    }
  };

  const setOtherwise = async ({ keyed, digests }: ConfigurationDigests): Promise<ReadonlySet<string>> => {
    const known = await buses.changes.load(INSTALLATION)();
    if (E.isLeft(known) || known.right.state.keyed !== keyed) return new Set();
    const before = known.right.state.digests;
    return new Set([...digests].flatMap(([path, digest]) => ((before.get(path) ?? digest) === digest ? [] : [path])));
  };

  const noteConfiguration: InstallationRecords['noteConfiguration'] = async (when, configured, by) => {
    const paths = await setOtherwise(configured);
    for (;;) {
      const noted = await write({ type: 'NoteConfiguration', now: clock.now(), when, ...configured }, by);
      if (E.isLeft(noted)) trouble('the configuration is', noted.left);
      if (E.isLeft(noted) || noted.right.length === 0) return paths;
    }
  };

  const writeReading = (keyId: string, { hour, answers }: Counted) => {
    const read: ChangeEventData<'PersonalDataRead'> = { keyId, hour: toInstant(hour * HOUR_MS), answers };
    return write({ type: 'NoteReading', now: clock.now(), read }, keyId);
  };

  const writeCounted = async (before: number): Promise<void> => {
    for (const [keyId, count] of counted) {
      if (count.hour >= before) continue;
      counted.delete(keyId);
      const noted = Object.keys(count.answers).length === 0 ? E.right([]) : await writeReading(keyId, count);
      if (E.isLeft(noted)) trouble(`reading by ${keyId} is`, noted.left);
    }
  };

  const noteFirst = async (keyId: string, what: string, hour: number): Promise<E.Either<StoreError, void>> => {
    if (counted.has(keyId)) await inTurn(() => writeCounted(hour));
    const noted = await writeReading(keyId, { hour, answers: { [what]: 1 } });
    if (E.isLeft(noted)) return noted;
    counted.set(keyId, { hour, answers: {} });
    return E.right(undefined);
  };

  const noteReading: InstallationRecords['noteReading'] = async (keyId, what) => {
    const hour = Math.floor(clock.now() / HOUR_MS);
    const known = counted.get(keyId);
    if (known?.hour === hour) {
      known.answers[what] = (known.answers[what] ?? 0) + 1;
      return E.right(undefined);
    }
    // Those that come while the first is written wait for it, and are counted.
    const before = firsts.get(keyId);
    if (before !== undefined) {
      const noted = await before;
      return E.isLeft(noted) ? noted : noteReading(keyId, what);
    }
    const first = noteFirst(keyId, what, hour).finally(() => firsts.delete(keyId));
    firsts.set(keyId, first);
    return first;
  };

  const atNextHour = (): void => {
    const hour = Math.floor(clock.now() / HOUR_MS) + 1;
    cancel = clock.at(hour * HOUR_MS, () => {
      inTurn(async () => {
        await writeCounted(Math.floor(clock.now() / HOUR_MS));
        await noteKeys();
      }).then(atNextHour, atNextHour);
    });
  };
  atNextHour();

  return {
    noteKeys: () => inTurn(noteKeys),
    noteConfiguration: async (when, configured, by) => {
      let paths: ReadonlySet<string> = new Set();
      await inTurn(async () => {
        paths = await noteConfiguration(when, configured, by);
      });
      return paths;
    },
    noteReading,
    noteWrappingKey: async (keyId, keys) => {
      const noted = await write({ type: 'NoteWrappingKey', now: clock.now(), rotated: { keys } }, keyId);
      return E.isLeft(noted) ? noted : E.right(undefined);
    },
    idle: () => last,
    stop: async () => {
      cancel();
      await inTurn(() => writeCounted(Number.MAX_SAFE_INTEGER));
    },
  };
};
