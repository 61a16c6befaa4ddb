/**
 * `holdfast serve`, for the benches. `--without-consumers`: saga, mails and webhooks rest, so that a command is measured
 * alone. `--max-batch=n` and `--fsync-delay-ms=n` change the writer, to measure what group commit is worth.
 */
import { MAX_BATCH } from '../../src/adapters/sqlite/group-commit.ts';
import { serve } from '../../src/main.ts';
import { numberFlag } from './measure.ts';

process.exitCode = await serve(process.env, {
  withoutConsumers: process.argv.includes('--without-consumers'),
  groupCommit: { maxBatch: numberFlag('max-batch', MAX_BATCH), fsyncDelayMs: numberFlag('fsync-delay-ms', 0) },
});
