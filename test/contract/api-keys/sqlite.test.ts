import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { makeApiKeys } from '../../../src/adapters/identity/sqlite-api-keys.ts';
import { makeTestClock } from '../../support/clock.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { apiKeysContract } from './api-keys-contract.ts';

apiKeysContract('in the data file', async () => {
  const { file, remove } = await temporaryDataFile();
  onTestFinished(remove);
  const clock = makeTestClock();
  return {
    start: async (environmentKey) => must(makeApiKeys({ file, clock, environmentKey: environmentKey ?? null })),
    stored: () => ['', '-wal'].map((suffix) => readFileSync(file.path + suffix, 'latin1')).join(''),
  };
});
