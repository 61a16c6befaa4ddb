import * as E from 'fp-ts/lib/Either.js';
import { expect, test } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { auditedLog, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { testApps } from '../../support/test-apps.ts';
import { toldLog } from '../../support/told-log.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const path = `/v2/holdfast/audit/bookings/${RUNA}/proof`;
const audit = { key: 'cal_audit' };
const hosts = [{ ...odd, calendarIds: [] }];
const rotation = { key: 'holdfast/x+00000001+AQ==', previous: 'holdfast/x+00000000+AQ==', signature: 'AQ==' };

test('given a rotation that the log does not tell of yet, then a proof has it, as that of the command', async () => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store, auditedLog(true));
  const app = await started({ hosts, store });
  const deps = {
    audit: { ...app.deps.audit, log: store, stored: store, writtenRotations: async () => E.right([rotation]) },
  };
  const proof = await (await started({ hosts, store: makeMemoryEventStore(), deps })).get(path, audit);
  expect(at(proof.body, 'data', 'rotations')).toEqual([rotation]);
});

test('given one that the log tells of too, then it is in a proof once; what cannot be read is an error', async () => {
  const store = makeMemoryEventStore();
  const told = toldLog().map(({ stream, event }) => ({
    stream,
    event: event.type === 'HeadKeyChanged' ? { ...event, data: rotation } : event,
  }));
  await writeAuditedLog(store, told);
  const app = await started({ hosts, store });
  const get = async (written: E.Either<string, ReadonlyArray<typeof rotation>>) => {
    const deps = { audit: { ...app.deps.audit, log: store, stored: store, writtenRotations: async () => written } };
    return (await started({ hosts, store: makeMemoryEventStore(), deps })).get(path, audit);
  };
  expect(at((await get(E.right([rotation]))).body, 'data', 'rotations')).toEqual([rotation]);
  expectError(await get(E.left('it cannot be read')), 500, 'internal_error');
});
