import { randomUUID } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { onTestFinished } from 'vitest';
import { storedNode } from '../../../../src/adapters/cluster/node.ts';
import { joinInstallation } from '../../../../src/adapters/event-store/eventstoredb/join-installation.ts';
import { serverSecretOf } from '../../../../src/adapters/identity/server-secret.ts';
import { secretOf } from '../../../../src/application/secret.ts';
import { mustOpen, temporaryFolder } from '../../../support/data-file.ts';
import { startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { mustRun } from '../../../support/must.ts';
import { openStore } from './opened-store.ts';

export const SECRET = serverSecretOf(secretOf('the secret that all of them share'));

/** Milliseconds that one attempt of an append may take. */
const LIMIT = 250;

export type Start = {
  readonly node?: string;
  readonly secret?: Uint8Array;
  readonly calendars?: ReadonlyArray<string>;
};

/** A log, and data folders whose nodes start on it: one after the other opens its file, joins, and lets the file go. */
export const givenLog = async () => {
  const [standIn, folder] = [await startEventStoreDbStandIn(), await temporaryFolder()];
  const { store, ownStreams } = await openStore(standIn.connectionString, { appendTimeLimitMs: LIMIT });
  onTestFinished(async () => {
    await store.close();
    await standIn.close();
    await folder.remove();
  });
  const dataFile = (): string => `${folder.path}/${randomUUID()}.sqlite`;
  /** What the start came to: the node as it counts, or why it was refused. */
  const start = async (path: string, { node, secret = SECRET, calendars = [] }: Start = {}) => {
    const file = mustOpen(path);
    try {
      const stored = await mustRun(storedNode(file, node ?? null));
      const joined = await joinInstallation({ ownStreams, file, node: stored, secret, calendars })();
      return E.toUnion(joined);
    } finally {
      await file.close();
    }
  };
  const copy = (path: string): string => {
    const to = dataFile();
    copyFileSync(path, to);
    return to;
  };
  const types = (): ReadonlyArray<string> =>
    standIn.database.log.stream('holdfast-installation-holdfast').map(({ type }) => type);
  return { standIn, ownStreams, dataFile, copy, start, types };
};
