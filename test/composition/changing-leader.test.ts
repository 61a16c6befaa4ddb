import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { httpClient } from '../support/http-client.ts';

const LEADERLESS_MS = 600;
const START_WAIT_MS = 20_000;
const AT_ONCE = 4;
/** They only wait for the end of their time. */
const WAITING_AT_ONCE = 12;
/** Whether the node is waited for until it is ready, where it starts. */
const WAITING = { startWaitMs: START_WAIT_MS, becomesReady: true };

const SHORT_WAIT_MS = 1_500;
/** A step in the middle of a call ends with the call: an append after 5 s, a read after 10 s. */
const LAST_STEP_MS = 11_000;
const EVERY = 6;

type Change = (standIn: EventStoreDbStandIn) => void;

/** For some time nobody leads; the node that led is dead, or goes on as another. */
const losingLeader =
  (how: 'dead' | 'alive'): Change =>
  (standIn) => {
    standIn.loseLeader(how);
    setTimeout(() => standIn.elect(), LEADERLESS_MS);
  };

/** A server on a cluster whose leader changes at the call of that number; and how many calls there were in all. */
const starting = async (call: number, change: Change, { startWaitMs, becomesReady } = WAITING) => {
  const [standIn, folder] = [await startEventStoreDbStandIn({ nodes: 3 }), await temporaryFolder()];
  let calls = 0;
  standIn.faults.onCall((_, count) => {
    calls = count;
    if (count === call) change(standIn);
  });
  const connectionString = secretOf(standIn.connectionString);
  const store = {
    type: 'eventstoredb',
    connectionString,
    caFile: null,
    streamPrefix: 'holdfast-',
    startWaitMs,
  } as const;
  const environment = environmentOf(folder.path);
  const begun = performance.now();
  const server = await startServer(
    { configuration: { ...demoConfiguration, guestActions: 'open', store }, environment },
    makeLog('silent'),
  )();
  const ms = performance.now() - begun;
  const said = E.isLeft(server) ? describeStartError(server.left) : 'listening';
  if (E.isRight(server)) {
    const { get } = httpClient(server.right.url);
    const isReady = async () => (await get('/health/ready')).status;
    if (becomesReady) await expect.poll(isReady, { timeout: 20_000, interval: 50 }).toBe(200);
    await server.right.stop();
  }
  await standIn.close();
  await folder.remove();
  return { call, said, calls, ms };
};

const inTurns = async <A>(work: ReadonlyArray<() => Promise<A>>, atOnce: number): Promise<ReadonlyArray<A>> => {
  const done: Array<A> = [];
  for (let from = 0; from < work.length; from += atOnce)
    done.push(...(await Promise.all(work.slice(from, from + atOnce).map((one) => one()))));
  return done;
};

const nothing: Change = () => undefined;

describe('a start while the leader of the cluster changes (EventStoreDB stand-in)', () => {
  it('given the change at any call of the start, then it waits, and the node is ready', async () => {
    // Every tenth call, so that the suite stays short; HOLDFAST_LEADER_EVERY=1 tries them all.
    const { calls } = await starting(0, nothing);
    expect(calls).toBeGreaterThan(10);
    const every = Number(process.env.HOLDFAST_LEADER_EVERY ?? 10);
    const moments = Array.from({ length: Math.ceil(calls / every) }, (_, index) => () => {
      const how = index % 2 === 0 ? 'dead' : 'alive';
      return starting(index * every + 1, losingLeader(how));
    });
    const seen = await inTurns(moments, AT_ONCE);
    expect(seen.filter(({ said }) => said !== 'listening')).toEqual([]);
  });

  it('given no leader any more from a call on, then the line names the log, once the wait is over', async () => {
    const wait = { startWaitMs: SHORT_WAIT_MS, becomesReady: false };
    const { calls } = await starting(0, nothing);
    const some = Array.from({ length: Math.ceil(calls / EVERY) }, (_, index) => index * EVERY + 1);
    const seen = await inTurns(
      some.map((call) => () => starting(call, (cluster) => cluster.loseLeader('alive'), wait)),
      WAITING_AT_ONCE,
    );
    const ended = seen.filter(({ said }) => said !== 'listening');
    expect(ended.length).toBeGreaterThan(2);
    for (const { said, ms } of ended) {
      expect(said).toMatch(/^The log cannot be used: /);
      expect(ms).toBeGreaterThanOrEqual(SHORT_WAIT_MS);
      expect(ms).toBeLessThan(SHORT_WAIT_MS + LAST_STEP_MS);
    }
  });

  it('given a log that takes appends and never answers, then the start ends soon after its wait', async () => {
    const silent: Change = ({ faults }) => faults.always('append', { kind: 'answer-never' });
    const { said, ms } = await starting(1, silent, { startWaitMs: SHORT_WAIT_MS, becomesReady: false });
    expect(said).toMatch(/^The log cannot be used: /);
    expect(ms).toBeLessThan(SHORT_WAIT_MS + LAST_STEP_MS);
  });
});
