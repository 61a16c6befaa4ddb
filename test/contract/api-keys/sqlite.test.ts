import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { keyStreamsInFile } from '../../../src/adapters/identity/api-key-stream.ts';
import { openApiKeys } from '../../../src/adapters/identity/api-keys.ts';
import { makeTestClock } from '../../support/clock.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';
import { apiKeysContract } from './api-keys-contract.ts';

apiKeysContract('in the data file', async () => {
  const { file, remove } = await temporaryDataFile();
  onTestFinished(remove);
  const deps = { clock: makeTestClock(), isShared: false, onProblem: () => undefined };
  return {
    start: async (environmentKey) => {
      const streams = must(keyStreamsInFile(file));
      return (await mustRun(openApiKeys({ ...deps, streams, environmentKey: environmentKey ?? null }))).keys;
    },
    stored: () => ['', '-wal'].map((suffix) => readFileSync(file.path + suffix, 'latin1')).join(''),
  };
});
