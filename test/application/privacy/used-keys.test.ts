import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { keysOfLog } from '../../../src/application/privacy/used-keys.ts';
import type { JsonObject } from '../../../src/domain/log/envelope.ts';
import { auditedLog, IVAR, writeAuditedLog } from '../../support/audited-log.ts';
import { must, mustRun } from '../../support/must.ts';

const RUNAS = `${'a'.repeat(32)}-00000001`;
const IVARS = `${'b'.repeat(32)}-00000001`;
const keyOf = (mailbox: string): string => (mailbox === 'runa@example.com' ? RUNAS : IVARS);

/** Personal data under a key whose text nobody opens here. */
const sealOne = ({ data }: { readonly data: JsonObject }, mailbox: string): JsonObject =>
  'personal' in data
    ? { ...data, personal: { sealed: [{ key: keyOf(mailbox), at: '', text: 'AAAA', open: null }] } }
    : data;

describe('the keys that a log needs', () => {
  const written = async () => {
    const log = makeMemoryEventStore();
    await writeAuditedLog(log, auditedLog(false, sealOne));
    return log;
  };

  it('given keys here, elsewhere and none, then those that are not here are counted', async () => {
    const log = await written();
    expect(must(await keysOfLog(log, { isMissing: () => false }))).toEqual({ used: 2, missing: 0 });
    expect(must(await keysOfLog(log, { isMissing: (key) => key === RUNAS }))).toEqual({ used: 2, missing: 1 });
    expect(must(await keysOfLog(log, { isMissing: () => true }))).toEqual({ used: 2, missing: 2 });
  });

  it('given somebody forgotten in a booking, then their key is not missed there', async () => {
    const log = await written();
    const stream = `booking-${IVAR}`;
    const events = must(await log.readStream(stream)());
    const last = events.at(-1);
    if (last === undefined) throw new Error('no event');
    const { position: _, stream: _s, revision, ...envelope } = last;
    const erased = {
      ...envelope,
      id: 'erased',
      type: 'PersonalDataErased',
      data: { subject: 'b'.repeat(32), people: [] },
    };
    await mustRun(log.append({ stream, expected: revision, events: [erased] }));
    expect(must(await keysOfLog(log, { isMissing: () => true }))).toEqual({ used: 2, missing: 1 });
  });
});
