import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bindFileToLog } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import { pendingHistory, sealed } from '../../support/booking-history.ts';
import { holdfast, startHoldfast } from '../../support/command-line.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { mustMakeStore } from '../../support/event-store.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { must, mustRun } from '../../support/must.ts';

const STREAMS = 40;
const EVENTS = STREAMS * pendingHistory.length;
const TO = ['--to-eventstoredb-env', 'HOLDFAST_TO'];

describe('holdfast store copy', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let standIn: EventStoreDbStandIn;
  let data: string;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    standIn = await startEventStoreDbStandIn({ secure: true });
    data = join(folder.path, 'data');
    env = { HOLDFAST_TO: standIn.connectionString };
    await fill(data, STREAMS);
  });
  afterEach(async () => {
    await standIn.close();
    await folder.remove();
  });

  const fileOf = (at: string): string => join(at, 'holdfast.sqlite');
  const fill = async (at: string, streams: number): Promise<void> => {
    const file = mustOpen(fileOf(at));
    const store = mustMakeStore(file);
    for (let number = 0; number < streams; number += 1) {
      const stream = `booking-${number}`;
      await mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, pendingHistory) }));
    }
    await file.close();
  };
  const copy = (...args: ReadonlyArray<string>) => holdfast(['store', 'copy', ...args], env);

  it('given a data folder, when copied to EventStoreDB and back, then the new folder passes the audit', async () => {
    const there = await copy('--from-data', data, ...TO);
    expect(there).toMatchObject({ code: 0, stdout: expect.stringContaining(`${EVENTS} events in ${STREAMS} streams`) });
    expect(there.stderr).toMatch(/^copying: 100 %.*\nverifying: /m);

    const connection = join(folder.path, 'connection');
    await writeFile(connection, `${standIn.connectionString}\n`);
    const back = join(folder.path, 'back');
    const returned = await copy('--from-eventstoredb-file', connection, '--to-data', back, '--json');
    expect(JSON.parse(returned.stdout)).toMatchObject({ events: EVENTS, streams: STREAMS, alreadyThere: 0 });
    const audit = await holdfast(['audit', 'verify', '--json'], { HOLDFAST_DATA: back });
    expect(JSON.parse(audit.stdout)).toMatchObject({ events: EVENTS, streams: STREAMS, findings: [] });
  });

  it('given two prefixes in one database, when copied, then the streams have the other, and no more', async () => {
    expect(await copy('--from-data', data, ...TO, '--to-stream-prefix', 'first-')).toMatchObject({ code: 0 });
    const within = ['--from-eventstoredb-env', 'HOLDFAST_TO', '--from-stream-prefix', 'first-', ...TO, '--json'];
    const moved = await copy(...within);
    expect(JSON.parse(moved.stdout)).toMatchObject({ events: EVENTS, streams: STREAMS, alreadyThere: 0 });
    const names = new Set(standIn.database.log.all().map(({ stream }) => stream));
    const ours = [...names].filter((name) => !name.startsWith('$'));
    expect(ours.filter((name) => name.startsWith('first-booking-'))).toHaveLength(STREAMS);
    expect(ours.filter((name) => name.startsWith('holdfast-booking-'))).toHaveLength(STREAMS);
    expect(ours).toHaveLength(2 * STREAMS);
  });

  it('given a log that grew in EventStoreDB, when copied back to where it came from, then only that is new', async () => {
    await copy('--from-data', data, ...TO);
    const { store } = await openStore(standIn.connectionString);
    const events = sealed('booking-new', pendingHistory);
    await mustRun(store.append({ stream: 'booking-new', expected: 'no-stream', events }));
    await store.close();
    const back = await copy('--from-eventstoredb-env', 'HOLDFAST_TO', '--to-data', data, '--json');
    expect(JSON.parse(back.stdout)).toMatchObject({
      events: EVENTS + events.length,
      streams: STREAMS + 1,
      alreadyThere: EVENTS,
    });
  });

  it('given Ctrl-C in the middle, when run again, then it goes on where it was', async () => {
    standIn.faults.always('append', { kind: 'delay', ms: 300 });
    const before = standIn.database.log.all().length;
    const first = startHoldfast(['store', 'copy', '--from-data', data, ...TO], env);
    await expect.poll(() => standIn.database.log.all().length, { timeout: 60_000 }).toBeGreaterThan(before);
    first.child.kill('SIGINT');
    const ended = await first.ended;
    standIn.faults.clear();
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('called off') });

    const { events, alreadyThere } = JSON.parse((await copy('--from-data', data, ...TO, '--json')).stdout);
    expect(events).toBe(EVENTS);
    expect(alreadyThere).toBeGreaterThan(0);
    expect(alreadyThere).toBeLessThan(EVENTS);
  });

  it('given a target with other bookings, when copied, then stream and revision and exit code 1', async () => {
    const other = join(folder.path, 'other');
    await fill(other, STREAMS + 1);
    const { code, stderr } = await copy('--from-data', data, '--to-data', other);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`booking-${STREAMS}, revision 0:`) });
  });

  it('given a connection string that is not understood, when copied, then it is said without its password', async () => {
    env = { HOLDFAST_TO: `${standIn.connectionString}&tlsVerifyCert=false` };
    const { code, stdout, stderr } = await copy('--from-data', data, ...TO);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('cannot be set up') });
    expect(stdout + stderr).not.toContain('changeit');
  });

  it('given a data folder that another process has open, when copied to it, then that is said', async () => {
    const target = join(folder.path, 'target');
    const file = mustOpen(fileOf(target));
    const { code, stderr } = await copy('--from-data', data, '--to-data', target);
    await file.close();
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(target) });
  });

  it('given a data folder that belongs to a log in EventStoreDB, when copied to it, then it is refused', async () => {
    const target = join(folder.path, 'target');
    const file = mustOpen(fileOf(target));
    must(bindFileToLog(file, 'eventstoredb'));
    await file.close();
    const { code, stderr } = await copy('--from-data', data, '--to-data', target);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('belongs to a log in EventStoreDB') });
  });
});
