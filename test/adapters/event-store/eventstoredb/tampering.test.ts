import { sha256Hex } from '../../../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../../../src/adapters/identity/head-key.ts';
import { verifyEvents } from '../../../../src/application/audit/verify-log.ts';
import { writeAuditedLog } from '../../../support/audited-log.ts';
import type { LogEvent } from '../../../support/eventstoredb/log.ts';
import { startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { must, mustRun } from '../../../support/must.ts';
import { describeTampering } from '../../../support/tampering-suite.ts';
import type { ToldEvent } from '../../../support/told-log.ts';
import { openStore } from './opened-store.ts';

const PREFIX = 'holdfast-';
const hashes = { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null };

/** As the server keeps it: the data, and what is left of the envelope as metadata. */
const serverEvent = ({ stream, revision, event }: ToldEvent, position: bigint): LogEvent => {
  const { id, type, data, ...metadata } = event;
  return {
    id,
    type,
    contentType: 'application/json',
    data: Buffer.from(JSON.stringify(data)),
    metadata: Buffer.from(JSON.stringify(metadata)),
    position,
    stream: `${PREFIX}${stream}`,
    revision: BigInt(revision),
    createdAt: 0,
  };
};

/** On the stand-in for EventStoreDB: the events in its memory stand for the files of a server. */
describeTampering('EventStoreDB (stand-in)', async (told) => {
  const standIn = await startEventStoreDbStandIn();
  const { store } = await openStore(standIn.connectionString);
  await writeAuditedLog(store, told);
  const stored = (await mustRun(store.readAll(0, 1000))).map(({ stream, revision, position, ...event }) => ({
    stream,
    revision,
    position,
    event,
  }));
  return {
    read: async () => stored,
    rewrite: (next) =>
      standIn.database.log.rewrite((events) => {
        const others = events.filter(({ stream }) => !stored.some((one) => stream === `${PREFIX}${one.stream}`));
        let last = 0n;
        const own = next.map((one) => {
          last = one.position === null ? last + 1n : BigInt(one.position);
          return serverEvent(one, last);
        });
        return [...others, ...own];
      }),
    audit: async () => must(await verifyEvents(store, hashes, () => undefined)),
    isGapless: false,
    close: async () => {
      await store.close();
      await standIn.close();
    },
  };
});
