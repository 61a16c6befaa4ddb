import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../../../src/domain/log/envelope.ts';
import { right } from '../../../contract/event-store/harness.ts';
import { mustOpen, temporaryFolder } from '../../../support/data-file.ts';
import { mustMakeStore } from '../../../support/event-store.ts';
import { seeded } from '../../../support/faulty-event-store.ts';
import { endsWithTest } from '../../../support/ends-with-test.ts';

const ROUNDS = 4;
const random = seeded(20_500_905);

/** Kills the child after so many acknowledgements; answers all that it managed to print. */
const appendAndKill = async (path: string, round: number, after: number): Promise<ReadonlyArray<string>> => {
  const child = endsWithTest(
    spawn(process.execPath, [join(import.meta.dirname, 'append-until-killed.ts'), path, `${round}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const lines: Array<string> = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    if (lines.length === after) child.kill('SIGKILL');
  });
  const [[, signal]] = await Promise.all([once(child, 'exit'), once(reader, 'close')]);
  expect(signal).toBe('SIGKILL');
  return lines;
};

const readLog = async (path: string): Promise<ReadonlyArray<RecordedEvent>> => {
  const file = mustOpen(path);
  const store = mustMakeStore(file);
  const log = await right(store.readAll(0, 1_000_000));
  await store.close();
  await file.close();
  return log;
};

describe('SIGKILL while appends are under way', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());

  it('loses nothing that was acknowledged, and leaves nothing half-written', async () => {
    const path = join(folder.path, 'holdfast.sqlite');
    const acknowledged: Array<string> = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged.push(...(await appendAndKill(path, round, 20 + Math.floor(random() * 400))));
      const log = await readLog(path);
      const found = new Set(log.map((each) => `${each.position} ${each.stream} ${each.id}`));
      expect(acknowledged.filter((line) => !found.has(line))).toEqual([]);

      const streams = Map.groupBy(log, (each) => each.stream);
      for (const [stream, written] of streams) {
        const types = written.map((each) => each.type);
        expect(types).toEqual(stream.startsWith('booking-') ? ['First', 'Last'] : ['Claim']);
        if (stream.startsWith('schedule-')) expect(streams.has(stream.replace('schedule-', 'booking-'))).toBe(true);
      }
      expect(log.map((each) => each.position)).toEqual(log.map((_, index) => index + 1));
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * 20);
  });
});
