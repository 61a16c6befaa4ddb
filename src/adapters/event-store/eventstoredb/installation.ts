import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { randomUUID } from 'node:crypto';
import type {
  ExpectedRevision,
  StoreError,
  InternalEvent,
  OwnStreams,
  RecordedInternalEvent,
} from '../../../application/ports/event-store.ts';
import { type ServerSecret, secretFingerprint } from '../../identity/server-secret.ts';

/** How often another node may be faster. Each time one node fewer is left that can be. */
export const JOIN_ATTEMPTS = 100;

const INSTALLATION_STREAM = 'installation-holdfast';

const codec = t.union([
  /** The log has an installation. `secret`: fingerprint of the one that all nodes use. */
  t.type({ type: t.literal('InstallationFounded'), data: t.type({ installation: t.string, secret: t.string }) }),
  /** The operator changed the secret. */
  t.type({ type: t.literal('SecretAccepted'), data: t.type({ secret: t.string }) }),
  /** A data folder runs under this name from now on, and under no other. */
  t.type({ type: t.literal('NodeJoined'), data: t.type({ node: t.string, folder: t.string }) }),
  /** The operator says that this folder will not come back: its name and its built-in calendars can be used again. */
  t.type({ type: t.literal('NodeForgotten'), data: t.type({ node: t.string, folder: t.string }) }),
  /** This built-in calendar lies in this data folder. */
  t.type({ type: t.literal('CalendarClaimed'), data: t.type({ calendar: t.string, folder: t.string }) }),
]);
export type InstallationEvent = t.TypeOf<typeof codec>;

const known: ReadonlySet<string> = new Set<InstallationEvent['type']>([
  'InstallationFounded',
  'SecretAccepted',
  'NodeJoined',
  'NodeForgotten',
  'CalendarClaimed',
]);

/** `nodes`: folder by name; `calendars`: folder by calendar id. `id` and `secret` are empty before the founding. */
export type Installation = {
  readonly revision: ExpectedRevision;
  readonly id: string;
  readonly secret: string;
  readonly nodes: ReadonlyMap<string, string>;
  readonly calendars: ReadonlyMap<string, string>;
  readonly forgotten: ReadonlySet<string>;
};

const EMPTY: Installation = {
  revision: 'no-stream',
  id: '',
  secret: '',
  nodes: new Map(),
  calendars: new Map(),
  forgotten: new Set(),
};

const without = (map: ReadonlyMap<string, string>, folder: string): ReadonlyMap<string, string> =>
  new Map([...map].filter(([, held]) => held !== folder));

const evolve = (before: Installation, event: InstallationEvent): Installation => {
  switch (event.type) {
    case 'InstallationFounded':
      return { ...before, id: event.data.installation, secret: event.data.secret };
    case 'SecretAccepted':
      return { ...before, secret: event.data.secret };
    case 'NodeJoined': {
      const { node, folder } = event.data;
      return { ...before, nodes: new Map([...without(before.nodes, folder), [node, folder]]) };
    }
    case 'NodeForgotten': {
      const { folder } = event.data;
      return {
        ...before,
        nodes: without(before.nodes, folder),
        calendars: without(before.calendars, folder),
        forgotten: new Set([...before.forgotten, folder]),
      };
    }
    case 'CalendarClaimed':
      return { ...before, calendars: new Map([...before.calendars, [event.data.calendar, event.data.folder]]) };
  }
};

/** Events of a later version are passed over; one of a known type and another form is damage. */
const fold = (events: ReadonlyArray<RecordedInternalEvent>): E.Either<StoreError, Installation> => {
  let installation = EMPTY;
  for (const recorded of events) {
    if (known.has(recorded.type)) {
      const event = codec.decode(recorded);
      if (E.isLeft(event)) return E.left({ type: 'Corrupt', reason: `${recorded.type} has another form` });
      installation = evolve(installation, event.right);
    }
    installation = { ...installation, revision: recorded.revision };
  }
  return E.right(installation);
};

/** Reads what the nodes have agreed on so far. */
export const readInstallation = async ({ read }: OwnStreams): Promise<E.Either<StoreError, Installation>> =>
  pipe(await read(INSTALLATION_STREAM)(), E.chain(fold));

/** Appends after what was read. Fails with `RevisionConflict` where another node was faster. */
export const appendTo = async (
  { append }: OwnStreams,
  { revision }: Installation,
  events: ReadonlyArray<InstallationEvent>,
): Promise<E.Either<StoreError, unknown>> =>
  append(
    INSTALLATION_STREAM,
    revision,
    events.map(({ type, data }): InternalEvent => ({ id: randomUUID(), type, data: { ...data } })),
  )();

type Decide<A> = (installation: Installation) => {
  readonly answer: A;
  readonly events: ReadonlyArray<InstallationEvent>;
};

const changing =
  <A>(streams: OwnStreams, decide: Decide<A>): TaskEither<StoreError, A> =>
  async () => {
    for (let attempt = 1; ; attempt += 1) {
      const installation = await readInstallation(streams);
      if (E.isLeft(installation)) return installation;
      const { answer, events } = decide(installation.right);
      if (events.length === 0) return E.right(answer);
      const written = await appendTo(streams, installation.right, events);
      if (E.isRight(written)) return E.right(answer);
      if (written.left.type !== 'RevisionConflict' || attempt === JOIN_ATTEMPTS) return written;
    }
  };

/** Nodes start only with this secret from now on. Running nodes keep theirs until they are stopped. */
export const acceptSecret = (
  streams: OwnStreams,
  secret: ServerSecret,
): TaskEither<StoreError, 'accepted' | 'accepted-already' | 'no-installation'> =>
  changing(streams, (installation) => {
    if (installation.revision === 'no-stream') return { answer: 'no-installation', events: [] };
    const fingerprint = secretFingerprint(secret);
    return fingerprint === installation.secret
      ? { answer: 'accepted-already', events: [] }
      : { answer: 'accepted', events: [{ type: 'SecretAccepted', data: { secret: fingerprint } }] };
  });

/**
 * Frees the node's name and its built-in calendars. Resolves with those calendars, null where no node has the name. If
 * its folder comes back, it joins as a new node.
 */
export const forgetNode = (streams: OwnStreams, node: string): TaskEither<StoreError, ReadonlyArray<string> | null> =>
  changing<ReadonlyArray<string> | null>(streams, (installation) => {
    const folder = installation.nodes.get(node);
    if (folder === undefined) return { answer: null, events: [] };
    const calendars = [...installation.calendars].filter(([, held]) => held === folder).map(([calendar]) => calendar);
    return { answer: calendars, events: [{ type: 'NodeForgotten', data: { node, folder } }] };
  });
