import { globSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Pure, or the HTTP interface over a log in memory: no files, no processes, nothing to install. */
const unit = globSync(
  [
    'test/{domain,application,projections,http,testing}/**/*.test.ts',
    'test/adapters/{icalendar,configuration,conferencing,hashing}/**/*.test.ts',
    'test/invariants/model/*.test.ts',
  ],
  {
    exclude: [
      // Sets flags of V8 for its whole process.
      'test/application/commands/keyed-queue.test.ts',
      'test/application/log-migration/both-ways.test.ts',
      'test/http/pages/in-chromium.test.ts',
      'test/testing/package.test.ts',
      'test/adapters/configuration/read-file.test.ts',
    ],
  },
);

export default defineConfig({
  test: {
    maxWorkers: 2,
    hookTimeout: 60_000,
    projects: [
      // Threads that share their modules start in no time; these tests leave nothing behind that others could see.
      { extends: true, test: { name: 'unit', include: unit, pool: 'threads', isolate: false, testTimeout: 60_000 } },
      // They wait for conditions; this only ends one that waits for ever, also on a busy machine.
      {
        extends: true,
        test: { name: 'system', include: ['test/**/*.test.ts'], exclude: unit, pool: 'forks', testTimeout: 90_000 },
      },
    ],
  },
});
