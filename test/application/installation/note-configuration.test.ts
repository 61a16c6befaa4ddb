import { expect, it } from 'vitest';
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
    return noteRules({ buses: bootBuses(store), clock: makeTestClock(), identity, report })(hosts);
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
