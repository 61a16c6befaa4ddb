import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StoreError, OwnStreams } from '../../../../application/ports/event-store.ts';
import { type ServerSecret, secretFingerprint } from '../../../identity/server-secret.ts';
import { type Installation, type InstallationEvent, appendTo, readInstallation } from './installation.ts';
import { JOIN_ATTEMPTS } from './join-installation.ts';

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

/** From now on nodes start with this secret only. Those that run go on with theirs until they are stopped. */
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

/** Frees the node's name and its built-in calendars, which are answered; null where no node has the name. Should its folder come back, it joins as a new one. */
export const forgetNode = (streams: OwnStreams, node: string): TaskEither<StoreError, ReadonlyArray<string> | null> =>
  changing<ReadonlyArray<string> | null>(streams, (installation) => {
    const folder = installation.nodes.get(node);
    if (folder === undefined) return { answer: null, events: [] };
    const calendars = [...installation.calendars].filter(([, held]) => held === folder).map(([calendar]) => calendar);
    return { answer: calendars, events: [{ type: 'NodeForgotten', data: { node, folder } }] };
  });
