import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { withLogEnd } from '../../../src/application/audit/log-time.ts';
import { NOW, parseMoment } from '../../../src/application/audit/read-for-audit.ts';
import { writeAuditedLog } from '../../support/audited-log.ts';
import { must } from '../../support/must.ts';

const LATER = must(parseMoment('2050-12-31T00:00:00Z'));

it('given a moment, then an answer says where the log ends before it, and nothing where it does not', async () => {
  const log = makeMemoryEventStore();
  await writeAuditedLog(log);
  const end = async (at: string) => must(await withLogEnd(log, must(parseMoment(at)), E.right({ said: true })));
  expect(await end('2050-09-05T08:20:01Z')).toEqual({ said: true, logEndsAt: '2050-09-05T08:20:00.11Z' });
  expect(await end('2050-09-05T08:20:00Z')).toEqual({ said: true, logEndsAt: null });
  expect(await end('7')).toEqual({ said: true, logEndsAt: null });
  expect(await withLogEnd(log, NOW, E.right({}))).toEqual(E.right({ logEndsAt: null }));
});

it('given no answer, or a log that cannot be read, then that is passed on', async () => {
  const log = makeMemoryEventStore();
  expect(await withLogEnd(log, LATER, E.left({ type: 'UnknownHost' }))).toEqual(E.left({ type: 'UnknownHost' }));
  const away = { type: 'Unavailable', reason: 'closed' } as const;
  const broken = { ...log, head: () => TE.left(away) };
  expect(await withLogEnd(broken, LATER, E.right({}))).toEqual(E.left(away));
});
