import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect, it } from 'vitest';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { getExport } from '../../../src/http/audit/export.ts';
import type { HttpRequest } from '../../../src/http/transport/endpoint.ts';
import { odd } from '../../support/hosts.ts';
import { testApps } from '../../support/test-apps.ts';

const started = testApps();
/** Events that a walk over the log reads at once. */
const PAGE = 1_000;

it('given an export that finds nothing, when nobody waits any more, then it does not read the rest', async () => {
  const app = await started({ hosts: [odd] });
  const gone = new AbortController();
  const event = (position: number): RecordedEvent => ({
    ...{ id: `${position}`, type: 'SlotConfirmed', version: 1, data: {}, occurredAt: '2050-09-01T00:00:00Z' },
    ...{ actor: { kind: 'system' }, correlationId: '', causationId: null, hash: '', stream: 'schedule-odd' },
    ...{ revision: position - 1, position },
  });
  let pages = 0;
  const log = {
    ...app.deps.audit.log,
    head: () => TE.right(10 * PAGE),
    readAll: (after: number, limit: number) => async () => {
      pages += 1;
      if (pages === 2) gone.abort();
      return TE.right(Array.from({ length: limit }, (_, index) => event(after + index + 1)))();
    },
  };
  const { run } = getExport({ audit: { ...app.deps.audit, log, stored: log }, hosts: [odd] });
  const request: HttpRequest = {
    ...{ path: '', params: {}, query: { status: 'expired' }, body: {}, caller: null, subject: '' },
    header: () => undefined,
    whenGone: () => gone.signal,
  };
  expect(await run(request)).toMatchObject({ left: { code: 'store_unavailable' } });
  expect(pages).toBe(2);
});
