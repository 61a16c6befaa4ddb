import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { currentGeneration, generationPath } from '../../../src/adapters/read-model/generations.ts';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeSqliteOwnStreams } from '../../../src/adapters/event-store/embedded/sqlite-own-streams.ts';
import type { EventStore, OwnStreams } from '../../../src/application/ports/event-store.ts';
import { refusalStream } from '../../../src/application/refusals/refusal-streams.ts';
import { makeProgram } from '../../../src/cli/program.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import { auditedLog, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { mustOpen } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';
import { runDemo } from '../../../demo/run-demo.ts';
import { givenEventStoreDb } from '../../support/on-eventstoredb.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

const refused = {
  at: '2050-09-05T08:01:00Z',
  asked: 'booking',
  bookingUid: null,
  eventTypeId: 1,
  start: '2050-09-06T09:00:00Z',
  lengthInMinutes: 30,
  reason: 'slot_taken',
  detail: {},
  attendee: '5d1c83e0a1b2f3c4',
};

const writeStory = async (store: EventStore, streams: OwnStreams): Promise<void> => {
  await writeAuditedLog(store, auditedLog(true));
  const event = { id: '00000000-0000-4000-8000-000000000001', type: 'BookingRefused', data: refused };
  await mustRun(streams.append(refusalStream('odd'), 'no-stream', [event]));
  await store.close();
};

/** A command and its exit code. */
const COMMANDS: ReadonlyArray<readonly [line: string, code: number]> = [
  ['audit verify', 0],
  ['audit verify --json', 0],
  ['audit head', 0],
  ['audit head --key', 0],
  [`audit prove ${RUNA}`, 0],
  [`audit show ${RUNA.slice(0, 8)}`, 0],
  [`audit show ${RUNA} --at 2050-09-05T08:00:05Z --json`, 0],
  [`audit why ${RUNA}`, 0],
  ['audit replay --host odd --rules recorded', 1],
  ['audit replay --json --rules recorded', 1],
  ['audit agenda odd --at 2050-09-05T08:15:00Z', 0],
  ['audit export', 0],
  ['audit export --format csv --host odd', 0],
  ['audit changes', 0],
  ['audit refusals odd', 0],
];

const run = async (env: Record<string, string>, line: string) => {
  const terminal = recordingTerminal();
  let code: number | null = null;
  const context = { terminal, env, end: (ended: number) => void (code = ended) };
  await makeProgram(context, async () => runDemo).parseAsync(line.split(' '), { from: 'user' });
  return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') };
};
/** Positions are each engine's own, and so is how far a walk has come. */
const withoutPositions = ({ code, out, err }: Awaited<ReturnType<typeof run>>) => ({
  code,
  out: out.replaceAll(/("?position"?:? ?)\d+/g, '$1n'),
  err: err
    .split('\n')
    .filter((shown) => !/^\w+: \d+ % /.test(shown))
    .join('\n')
    .replaceAll(/("?position"?:? ?|--after )\d+/g, '$1n'),
});

/** Where the story is told on each engine. The stand-in is one for EventStoreDB. */
const givenBoth = async () => {
  const { standIn, env } = await givenEventStoreDb();
  const elsewhere = join(env.HOLDFAST_DATA, 'embedded');
  await mkdir(elsewhere, { recursive: true });
  const file = mustOpen(join(elsewhere, DATA_FILE));
  await writeStory(must(makeSqliteEventStore(file)), must(makeSqliteOwnStreams(file)));
  await file.close();
  const { store, ownStreams } = await openStore(standIn.connectionString);
  await writeStory(store, ownStreams);
  const embedded = { HOLDFAST_DATA: elsewhere };
  // One key, so that one signature is the other.
  await run(embedded, 'audit head');
  await copyFile(join(elsewhere, 'head-key.pem'), join(env.HOLDFAST_DATA, 'head-key.pem'));
  return { embedded, env };
};

describe('the audit commands on both engines', () => {
  it('given the same story, then each command answers the same', async () => {
    const { embedded, env } = await givenBoth();
    for (const [line, code] of COMMANDS) {
      const [one, other] = [await run(embedded, line), await run(env, line)];
      expect([line, withoutPositions(other)]).toEqual([line, withoutPositions(one)]);
      expect([line, one.code, one.out === '']).toEqual([line, code, false]);
    }
    for (const at of [embedded, env]) {
      expect((await run(at, 'projections rebuild')).code).toBe(0);
      expect((await run(at, 'audit verify')).out).toContain('rows of the read model are what the log makes of them');
      const generation = currentGeneration(at.HOLDFAST_DATA) ?? 0;
      const db = new DatabaseSync(generationPath(at.HOLDFAST_DATA, generation));
      db.exec(`UPDATE bookings SET status = 'pending' WHERE uid = '${RUNA}'`);
      db.close();
    }
    const [one, other] = [await run(embedded, 'audit verify --json'), await run(env, 'audit verify --json')];
    expect(withoutPositions(other)).toEqual(withoutPositions(one));
    expect([one.code, JSON.parse(one.out)]).toMatchObject([
      1,
      { findings: [{ kind: 'read-model', row: { table: 'bookings', key: RUNA, column: 'status' } }] },
    ]);
  });
});
