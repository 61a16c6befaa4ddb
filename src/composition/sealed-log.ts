import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StoreSettings } from '../adapters/configuration/configuration.ts';
import { KEY_FOLDER } from '../adapters/privacy/key-files.ts';
import type { KeyFolderError } from '../adapters/privacy/subject-key-folder.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { SubjectKeys } from '../application/ports/subject-keys.ts';
import { type AppendGate, makeAppendGate } from '../application/privacy/append-gate.ts';
import { openedStore, tellingMissing, withoutKeys } from '../application/privacy/opened-store.ts';

export type SealedLog = {
  /** The log as the program reads it: personal data in the clear where its key is here. */
  readonly store: EventStore;
  /** The same log as it is stored, for what checks or copies it. */
  readonly sealedStore: EventStore;
  /** Null: personal data is stored in the clear, since nodes on one log share no folder of keys. */
  readonly subjectKeys: SubjectKeys | null;
  /** Where they are. */
  readonly keysIn: string | null;
  /** What is appended to `store` passes it. */
  readonly gate: AppendGate;
};

type SealedLogDeps = {
  /** Where the keys of personal data are; null: beside the data file, and nowhere where the log is in EventStoreDB. */
  readonly keyFolder: string | null;
  readonly onProblem: (message: string) => void;
};

const NO_KEYS =
  'the log has sealed personal data, and this node has no keys: it reads as erased, and nobody in it is told anything. ' +
  'Give all nodes the folder of its keys as HOLDFAST_PRIVACY_KEYS';

const lostKeys = (folder: string): string =>
  `the log has personal data that was sealed with keys which are not in ${folder}: it reads as erased. ` +
  'Stop, put the folder back as it was, and start again; until then nobody in it is told anything';

/** The log with its personal data in the clear. A folder of keys in each node's own data folder would be no node's but its. */
export const openSealedLog =
  ({ keyFolder, onProblem }: SealedLogDeps, { type }: Pick<StoreSettings, 'type'>, dataFolder: string) =>
  async (sealedStore: EventStore): Promise<E.Either<KeyFolderError, SealedLog>> => {
    const folder = keyFolder ?? (type === 'embedded' ? join(dataFolder, KEY_FOLDER) : null);
    const gate = makeAppendGate();
    if (folder === null) {
      const none = withoutKeys(() => onProblem(NO_KEYS));
      const store = openedStore(sealedStore, none, gate);
      return E.right({ store, sealedStore, subjectKeys: null, keysIn: null, gate });
    }
    const { openSubjectKeys } = await import('../adapters/privacy/subject-key-folder.ts');
    return pipe(
      await openSubjectKeys(folder),
      E.map((subjectKeys) => {
        const telling = tellingMissing(subjectKeys, () => onProblem(lostKeys(folder)));
        return { store: openedStore(sealedStore, telling, gate), sealedStore, subjectKeys, keysIn: folder, gate };
      }),
    );
  };
