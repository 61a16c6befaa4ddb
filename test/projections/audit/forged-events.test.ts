import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { decodeStored } from '../../../src/adapters/event-store/embedded/log-storage.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { type AuditLog, type Moment, NOW, readAudited } from '../../../src/application/audit/read-for-audit.ts';
import { replayLog } from '../../../src/application/audit/replay-log.ts';
import { verifyEvents } from '../../../src/application/audit/verify-log.ts';
import type { Envelope, Json } from '../../../src/domain/log/envelope.ts';
import { chainedHash, GENESIS_HASH } from '../../../src/domain/log/hash-chain.ts';
import { isObject } from '../../../src/domain/unknown.ts';
import { timelineOf } from '../../../src/projections/audit/booking-timeline.ts';
import { reasonsOf } from '../../../src/projections/audit/decided-by.ts';
import { exportLines } from '../../../src/projections/audit/export-lines.ts';
import { agendaOf } from '../../../src/projections/audit/host-agenda.ts';
import { installationChanges } from '../../../src/projections/audit/installation-changes.ts';
import { auditedLog, IVAR, RUNA } from '../../support/audited-log.ts';
import { odd } from '../../support/hosts.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';
import { must } from '../../support/must.ts';
import { hashes } from '../../support/tamperable-log.ts';

type Path = ReadonlyArray<string>;

/** Paths to all values, lists and objects too. */
const paths = (value: Json, path: Path = []): ReadonlyArray<Path> =>
  typeof value === 'object' && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))]
    : [path];

const replaced = (value: Json, [key, ...rest]: Path, by: Json): Json => {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((one, at) => (String(at) === key ? replaced(one, rest, by) : one));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, name === key ? replaced(one, rest, by) : one]),
  );
};

/** What a decoder may let pass by its type or by its form, and what reads it later may not. */
const FORGED: ReadonlyArray<Json> = [
  '2050-02-29T10:00:00Z',
  '2050-09-00T10:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  'Mars/Olympus',
  '\u0000\ud800',
  '',
  -1,
  1e308,
  null,
  {},
];

type Written = { readonly stream: string; readonly event: Json };

/** A log in memory as somebody left it who knows how chains are made. What is no event any more cannot be read. */
const logOf = (written: ReadonlyArray<Written>): AuditLog => {
  const heads = new Map<string, { readonly revision: number; readonly hash: string }>();
  const rows = written.map(({ stream, event }, index) => {
    const { revision, hash } = heads.get(stream) ?? { revision: -1, hash: GENESIS_HASH };
    const body =
      isObject(event) && isObject(event.data)
        ? { ...event, hash: chainedHash(sha256Hex)(hash, event as Envelope) }
        : event;
    heads.set(stream, { revision: revision + 1, hash: String(isObject(body) ? body.hash : '') });
    return { stream, position: index + 1, revision: revision + 1, body: JSON.stringify(body) };
  });
  return {
    head: () => TE.right(rows.length),
    readAll: (after, limit) => TE.fromEither(decodeStored(rows.slice(after, after + limit))),
    readStream: (stream) => TE.fromEither(decodeStored(rows.filter((row) => row.stream === stream))),
  };
};

const names = { ofActor: () => null };
const THEN = { type: 'instant', ms: Temporal.Instant.from('2050-09-05T08:15:00Z').epochMilliseconds } as const;
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER };
const NO_CHOICE = { hostId: null, eventType: null, status: null, from: null, to: null };

const answersAbout = async (log: AuditLog, uid: string, moment: Exclude<Moment, { readonly type: 'revision' }>) => {
  await agendaOf(log, 'odd', moment, ALWAYS);
  const events = await readAudited(log, uid);
  if (E.isLeft(events)) return;
  timelineOf(uid, events.right, moment, names);
  await reasonsOf({ log, own: memoryOwnStreams() }, uid, events.right, moment, names);
};

/** Asks all that an audit can be asked. Answers how many findings there are, 1 for what is no event any more. */
const everyAnswer = async (log: AuditLog): Promise<number> => {
  for (const uid of [RUNA, IVAR]) for (const moment of [NOW, THEN]) await answersAbout(log, uid, moment);
  for (const rules of ['recorded', [odd]] as const)
    await replayLog(log, rules, { stream: null, hostId: null, ...ALWAYS }, () => undefined);
  await installationChanges(log, names, { from: null, to: null });
  for (const format of ['csv', 'ndjson'] as const) {
    const asked = { format, selection: NO_CHOICE, after: 0, upTo: 99, zoneOfHost: () => null };
    for await (const chunk of exportLines(log, asked)) if (E.isLeft(chunk)) break;
  }
  return must(await verifyEvents(log, hashes, () => undefined)).findings.length;
};

describe('a log that somebody has forged', () => {
  const story: ReadonlyArray<Written> = auditedLog(true).map(({ stream, event }) => ({
    stream,
    event: JSON.parse(JSON.stringify(event)),
  }));

  it('as it was written: every question is answered, and nothing is found', async () => {
    expect(await everyAnswer(logOf(story))).toBe(0);
  });

  it.each(story.map(({ stream, event }, index) => [index, isObject(event) ? event.type : null, stream] as const))(
    'given event %i, %s of %s, with any value forged, then every question is answered',
    async (at) => {
      const failed: string[] = [];
      for (const path of paths(story[at]?.event ?? null))
        for (const forged of FORGED) {
          const log = logOf(
            story.map((one, index) => (index === at ? { ...one, event: replaced(one.event, path, forged) } : one)),
          );
          await everyAnswer(log).catch((thrown: unknown) =>
            failed.push(`${path.join('.')} = ${JSON.stringify(forged)}: ${String((thrown as Error).stack)}`),
          );
        }
      expect(failed).toEqual([]);
    },
  );
});
