import * as E from 'fp-ts/lib/Either.js';
import { backoffWithJitter } from '../../event-store/consumers/backoff.ts';
import type { StopSignal } from '../../event-store/consumers/stop-signal.ts';
import type { Connection } from '../connection.ts';
import { toFailure } from '../errors.ts';
import type { GroupCalls } from './group-calls.ts';
import { type HandedOut, type Line, openLine } from './line.ts';
import { serverView } from './server-view.ts';

/** Milliseconds between two looks whether the client behind the line is still the one in use. */
const LOOK_MS = 1000;

type Holding = {
  readonly connection: Connection;
  readonly calls: GroupCalls;
  readonly stop: StopSignal;
  readonly random: () => number;
  /** Milliseconds: of the wait for the confirmation, and between two looks at a quiet line. */
  readonly readStallMs: number;
  readonly watchdogMs: number;
  readonly group: string;
  readonly bufferSize: number;
  /** Whether nothing is in this node's hands, so that quiet is suspicious where the server has messages. */
  readonly isEmpty: () => boolean;
  /** Has the group made ready on the server; rejects with what stands against it. */
  readonly prepare: () => Promise<void>;
  readonly onMessage: (message: HandedOut, line: Line) => void;
  readonly onOpen: (line: Line) => void;
  readonly onBroken: () => void;
  readonly onProblem: (message: string) => void;
};

/** What this node itself finds wrong with a line says nothing against the client behind it. */
const ownFinding = (message: string): Error => new Error(message, { cause: 'own finding' });
const isOwnFinding = (thrown: unknown): boolean => thrown instanceof Error && thrown.cause === 'own finding';

const reasonOf = (thrown: unknown): string => {
  const failure = toFailure(thrown);
  return 'reason' in failure ? failure.reason : failure.type;
};

/** Two looks in a row at a line that brought nothing, while the server has something to give out or does not know us. */
const watch = async (deps: Holding, line: Line, received: () => number, isCurrent: () => boolean): Promise<void> => {
  const { stop, calls, group, watchdogMs, readStallMs, isEmpty } = deps;
  const isSuspicious = async (): Promise<boolean> => {
    const info = await calls.info(group);
    if (E.isLeft(info) || !isEmpty()) return false;
    const { consumers, outstanding, buffered } = serverView(info.right);
    return consumers === 0 || outstanding + buffered > 0;
  };
  let [quietMs, seen, suspicions] = [0, received(), 0];
  while (line.isOpen() && !stop.stopped()) {
    await stop.pause(Math.min(LOOK_MS, watchdogMs, readStallMs));
    if (!isCurrent()) return line.fail(ownFinding('the connection was replaced'));
    quietMs = received() === seen ? quietMs + Math.min(LOOK_MS, watchdogMs, readStallMs) : 0;
    seen = received();
    if (quietMs < watchdogMs) continue;
    quietMs = 0;
    suspicions = (await isSuspicious()) && received() === seen ? suspicions + 1 : 0;
    if (suspicions > 1)
      return line.fail(ownFinding(`nothing came for ${2 * watchdogMs} ms, though there are messages`));
  }
};

const holdOnce = async (deps: Holding, progressed: () => void): Promise<void> => {
  const { connection, stop, group, bufferSize, readStallMs, onMessage, onOpen, onBroken, prepare } = deps;
  await prepare();
  if (stop.stopped()) return;
  const client = connection.client();
  let received = 0;
  const line = openLine(client, group, bufferSize, (message, from) => {
    received += 1;
    progressed();
    onMessage(message, from);
  });
  let confirmed = false;
  void line.confirmed.then(() => {
    confirmed = true;
    onOpen(line);
  });
  void stop.pause(readStallMs).then(() => {
    if (!confirmed) line.fail(new Error(`the event store did not let it in within ${readStallMs} ms`));
  });
  const isCurrent = (): boolean => connection.client() === client;
  watch(deps, line, () => received, isCurrent).catch((thrown: unknown) => line.fail(ownFinding(String(thrown))));
  try {
    await line.done;
  } catch (thrown) {
    if (toFailure(thrown).type === 'not-sent' && !isOwnFinding(thrown)) connection.replace(client);
    throw thrown;
  } finally {
    line.close();
    onBroken();
  }
};

/** Stays in the group: again with backoff and jitter when the line breaks or goes quiet. Settles once it is closed and stopped. */
export const holdLine = async (deps: Holding): Promise<void> => {
  const { stop, random, onProblem } = deps;
  let failures = 0;
  while (!stop.stopped()) {
    try {
      await holdOnce(deps, () => {
        failures = 0;
      });
    } catch (thrown) {
      if (!stop.stopped()) onProblem(`the group was left: ${reasonOf(thrown)}`);
    }
    failures += 1;
    await stop.pause(backoffWithJitter(failures, random));
  }
};
