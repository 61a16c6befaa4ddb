import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect, it, vi } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { recordedRules } from '../../../src/application/audit/recorded-rules.ts';
import { noteRules } from '../../../src/application/installation/note-configuration.ts';
import { rulesOf } from '../../../src/domain/rules/decision-facts.ts';
import { makeTestClock } from '../../support/clock.ts';
import { odd } from '../../support/hosts.ts';
import { brokenStreams } from '../../support/log-checks.ts';
import { mustRun } from '../../support/must.ts';
import { bootBuses, countingIdentity } from '../process.helper.ts';

it('given rules that stay and others that change, when noted at each start, then changes are written', async () => {
  const store = makeMemoryEventStore();
  const identity = countingIdentity();
  const start = (hosts: ReadonlyArray<typeof odd>) => {
    const report = ({ reason }: { readonly reason: string }) => {
      throw new Error(reason);
    };
    const { signal } = new AbortController();
    return noteRules({ buses: bootBuses(store), clock: makeTestClock(), identity, report, signal })(hosts);
  };
  const siri = { ...odd, id: 'siri' };
  const later = { ...siri, weeklyHours: [] };
  await start([odd, siri]);
  await start([odd, siri]);
  await start([odd, later]);
  const events = await mustRun(store.readAll(0, 100));
  expect(events.map(({ stream }) => stream).toSorted()).toEqual(['rules-odd', 'rules-siri', 'rules-siri']);
  expect(brokenStreams(events)).toEqual([]);
  const digests = [siri, later].map((host) => rulesOf(identity.sha256, host).digest);
  expect([...(await recordedRules(store, 'siri')).keys()]).toEqual(digests);
});

it('given a log that takes no rules for a while, then all are in it afterwards, in order', async () => {
  const store = makeMemoryEventStore();
  const identity = countingIdentity();
  const clock = makeTestClock();
  const reported: string[] = [];
  const leaving = new AbortController();
  let isAway = true;
  const buses = bootBuses({
    ...store,
    append: (append) => (isAway ? TE.left({ type: 'Unavailable', reason: 'away' }) : store.append(append)),
  });
  const report = ({ where, reason }: { readonly where: string; readonly reason: string }) =>
    void reported.push(`${where}: ${reason}`);
  const note = noteRules({ buses, clock, identity, report, signal: leaving.signal });
  const later = { ...odd, weeklyHours: [] };
  await note([odd]);
  await note([later]);
  expect(reported[0]).toBe('rules of host odd: not recorded yet: Unavailable');
  expect(await recordedRules(store, 'odd')).toEqual(new Map());

  isAway = false;
  clock.advance(10_000);
  const digests = [odd, later].map((host) => rulesOf(identity.sha256, host).digest);
  await vi.waitFor(async () => expect([...(await recordedRules(store, 'odd')).keys()]).toEqual(digests));
  expect(clock.pending()).toBe(0);

  isAway = true;
  await note([odd]);
  expect(clock.pending()).toBe(1);
  leaving.abort();
  expect(clock.pending()).toBe(0);
});
