import { generateKeyPairSync } from 'node:crypto';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { makeHeadKey, sha256Bytes } from '../../src/adapters/identity/head-key.ts';
import { deterministicId } from '../../src/adapters/identity/ids.ts';
import { leafText } from '../../src/domain/audit/log-head.ts';
import { makeMerkleTree } from '../../src/domain/audit/merkle-tree.ts';
import { newestVersion } from '../../src/domain/log/decode.ts';
import type { Actor, Envelope, JsonObject } from '../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../src/domain/log/hash-chain.ts';
import { auditedLog, IVAR } from './audited-log.ts';

/** An event of a log and its place. `position`: the engine's own, null before it has one. */
export type ToldEvent = {
  readonly stream: string;
  readonly revision: number;
  readonly position: number | null;
  readonly event: Envelope;
};

const CHANGES = 'changes-installation';

/** The log of the guide (`auditedLog`), and what happens beside bookings: a calendar, a signed head, a person forgotten. */
export const toldLog = (): ReadonlyArray<ToldEvent> => {
  const told: ToldEvent[] = [];
  const add = (stream: string, event: Envelope): void => {
    const revision = told.filter((one) => one.stream === stream).length;
    told.push({ stream, revision, position: null, event });
  };
  for (const { stream, event } of auditedLog(true)) add(stream, event);
  const tell = (
    stream: string,
    type: string,
    data: JsonObject,
    at: string,
    actor: Actor = { kind: 'system' },
  ): void => {
    const own = told.filter((one) => one.stream === stream);
    const [event] = seal(sha256Hex)(own.at(-1)?.event.hash ?? GENESIS_HASH, [
      {
        id: deterministicId(stream, own.length),
        type,
        version: newestVersion(type),
        data,
        occurredAt: `2050-09-08T${at}Z`,
        actor,
        correlationId: stream.slice(stream.indexOf('-') + 1),
        causationId: null,
      },
    ]);
    if (event !== undefined) add(stream, event);
  };

  const tree = makeMerkleTree(sha256Bytes);
  const personal = { salt: '00', address: 'https://cal.example.com/odd' };
  tell('calendar-work', 'CalendarConnected', { provider: 'caldav', personal }, '06:00:00');
  for (const { stream, revision, event } of told) tree.add(leafText({ stream, revision, hash: event.hash }));
  const origin = `holdfast/${told[0]?.event.hash.slice(0, 16) ?? ''}`;
  const { sign, verifier } = makeHeadKey(origin, generateKeyPairSync('ed25519').privateKey);
  const head = { origin, size: tree.size(), root: Buffer.from(tree.root()).toString('base64') };
  tell(CHANGES, 'HeadKeyChanged', { key: verifier, previous: null, signature: null }, '06:30:00');
  tell(
    CHANGES,
    'HeadSigned',
    { size: head.size, root: head.root, note: sign(head), key: verifier, node: 'a' },
    '06:30:00',
  );
  const subject = 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff';
  tell(`booking-${IVAR}`, 'PersonalDataErased', { subject, people: ['attendee'] }, '07:00:00', { kind: 'operator' });
  tell(CHANGES, 'WrappingKeyRotated', { keys: 2 }, '07:10:00', { kind: 'operator', id: 'key_auditor' });
  return told;
};
