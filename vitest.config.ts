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

/** They start whole processes, replace modules, set flags of V8, or measure: each in a process of its own. */
const alone = globSync([
  'test/{cli,crash,demo,deployment,proofs,replay,several-nodes,testing}/**/*.test.ts',
  'test/adapters/network/name-lookup.test.ts',
  'test/adapters/sqlite/wal-sync.test.ts',
  'test/application/**/*.test.ts',
  'test/composition/listen.test.ts',
  'test/http/**/*.test.ts',
  'test/main.test.ts',
]).filter((file) => !unit.includes(file));

/** They wait for conditions; this only ends a test that waits for ever, also on a busy machine. */
const testTimeout = 90_000;

export default defineConfig({
  test: {
    // Of two processors: tests of processes and servers wait a good part of their time.
    maxWorkers: 3,
    hookTimeout: 60_000,
    // Of what is awaited without a limit of its own.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      // Threads that share their modules start in no time; these tests leave nothing behind that others could see.
      { extends: true, test: { name: 'unit', include: unit, pool: 'threads', isolate: false, testTimeout: 60_000 } },
      // Servers in the test's own process; a process takes one file after the other, and loads its modules once.
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [...unit, ...alone],
          pool: 'forks',
          isolate: false,
          testTimeout,
        },
      },
      { extends: true, test: { name: 'processes', include: alone, pool: 'forks', testTimeout } },
    ],
  },
});
