import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { givenSecret, loadSettings, loadStoreSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { acceptSecret, forgetNode } from '../../adapters/event-store/eventstoredb/installation/operate-installation.ts';
import type { OwnStreams } from '../../adapters/event-store/eventstoredb/own-streams.ts';
import { serverSecretOf } from '../../adapters/identity/server-secret.ts';
import { formatConfigurationErrors } from '../../application/configuration-error.ts';
import type { StoreSettings } from '../../application/configuration.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import type { CliContext, ExitCode } from '../cli-context.ts';
import { exitCode } from '../cli-context.ts';
import { withEventStoreDb } from './open-log.ts';

const EMBEDDED = 'the log is in the data file, where only one node can be: there is nothing to agree on';

const asked = async <A>(
  settings: StoreSettings,
  ask: (streams: OwnStreams) => Promise<E.Either<StoreError, A>>,
): Promise<E.Either<string, A>> =>
  settings.type === 'embedded'
    ? E.left(EMBEDDED)
    : withEventStoreDb(settings, async ({ ownStreams }) =>
        pipe(
          await ask(ownStreams),
          E.mapLeft((error) => `the log refused: ${JSON.stringify(error)}`),
        ),
      );

const ended = ({ terminal }: CliContext, line: E.Either<string, string>): ExitCode => {
  if (E.isRight(line)) terminal.out(line.right);
  else terminal.err(`holdfast: ${line.left}`);
  return E.isRight(line) ? exitCode.fine : exitCode.failed;
};

const outcomes = {
  accepted: E.right('nodes start with this secret from now on, and no more with the one before'),
  'accepted-already': E.right('nodes start with this secret already'),
  'no-installation': E.left('no node was started on this log yet: the first one brings its secret'),
} as const;

/** Makes the secret that the environment or the file gives the one of the installation. */
export const acceptGivenSecret = async (context: CliContext): Promise<ExitCode> => {
  const settings = await loadSettings(context.env, readFile)();
  if (E.isLeft(settings)) return ended(context, E.left(formatConfigurationErrors(settings.left)));
  const secret = givenSecret(settings.right);
  if (secret === null) return ended(context, E.left('give the new secret as HOLDFAST_SECRET, as the nodes get it'));
  const accepted = await asked(settings.right.configuration.store, (streams) =>
    acceptSecret(streams, serverSecretOf(secret))(),
  );
  return ended(
    context,
    pipe(
      accepted,
      E.chain((outcome: keyof typeof outcomes): E.Either<string, string> => outcomes[outcome]),
    ),
  );
};

const describeForgotten =
  (node: string) =>
  (calendars: ReadonlyArray<string> | null): E.Either<string, string> => {
    if (calendars === null) return E.left(`no node of this installation has the name "${node}"`);
    const freed = calendars.length === 0 ? '' : `; its built-in calendars are free: ${calendars.join(', ')}`;
    return E.right(`"${node}" is forgotten: another data folder may have the name${freed}`);
  };

/** Takes the data folder that runs under this name out of the installation. */
export const forgetNamedNode = async (context: CliContext, node: string): Promise<ExitCode> => {
  const settings = await loadStoreSettings(context.env, readFile)();
  if (E.isLeft(settings)) return ended(context, E.left(formatConfigurationErrors(settings.left)));
  const forgotten = await asked(settings.right, (streams) => forgetNode(streams, node)());
  return ended(context, pipe(forgotten, E.chain(describeForgotten(node))));
};
