import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../../src/adapters/identity/head-key.ts';
import { exportLine } from '../../../src/application/audit/export-line.ts';
import { importLog } from '../../../src/application/audit/import-log.ts';
import { verifyEvents } from '../../../src/application/audit/verify-log.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { writeAuditedLog } from '../../support/audited-log.ts';
import { must, mustRun } from '../../support/must.ts';

const linesOf = async (): Promise<ReadonlyArray<string>> => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store);
  return (await mustRun(store.readAll(0, 1000))).map(exportLine);
};
async function* given(lines: ReadonlyArray<string>) {
  yield* lines;
}
const imported = (lines: ReadonlyArray<string>, store: EventStore = makeMemoryEventStore()) =>
  importLog(
    () => given(lines),
    store,
    sha256Hex,
    () => undefined,
  );
const rootOf = async (store: EventStore) => {
  const { tree, findings } = must(
    await verifyEvents(
      store,
      { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null },
      () => undefined,
    ),
  );
  return { findings, root: Buffer.from(tree.root()).toString('hex') };
};
const size = async (store: EventStore) => (await mustRun(store.readAll(0, 1000))).length;

describe('an import', () => {
  it('given an export of a whole log, when imported into an empty one, then it has the same head', async () => {
    const from = makeMemoryEventStore();
    await writeAuditedLog(from);
    const to = makeMemoryEventStore();
    expect(must(await imported(await linesOf(), to))).toEqual({
      events: 22,
      streams: 3,
      alreadyThere: 0,
      outOfOrder: null,
    });
    expect(await rootOf(to)).toEqual(await rootOf(from));
  });

  it('given an import that was interrupted, when made again, then it goes on', async () => {
    const lines = await linesOf();
    const to = makeMemoryEventStore();
    must(await imported(lines.slice(0, 9), to));
    expect(must(await imported(lines, to))).toMatchObject({ events: 22, alreadyThere: 9, outOfOrder: null });
    expect(must(await imported(lines, to))).toMatchObject({ events: 22, alreadyThere: 22, outOfOrder: null });
    expect(await size(to)).toBe(22);
  });

  it('given a log with other events, or with more, then nothing is written', async () => {
    const lines = await linesOf();
    const to = makeMemoryEventStore();
    must(await imported(lines, to));
    expect(await imported(lines.slice(0, 20), to)).toEqual(E.left({ type: 'NotEmpty' }));
    expect(await imported(lines.slice(2, 3), to)).toMatchObject(E.left({ type: 'BadLine' }));
    const swapped = [lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)];
    expect(await imported(swapped, to)).toEqual(E.left({ type: 'NotEmpty' }));
    expect(await size(to)).toBe(22);
  });

  it('given a damaged export, then the line is named and nothing is written', async () => {
    const lines = await linesOf();
    const damaged: ReadonlyArray<readonly [what: string, change: (line: string) => string, reason: RegExp]> = [
      ['half a line', (line) => line.slice(0, -9), /not JSON/],
      ['another content', (line) => line.replace('calendar_sync_failed', 'awaiting_approval'), /its hash/],
      ['another field', (line) => line.replace('"version":1', '"version":"1"'), /version is not a whole number/],
      ['another stream', (line) => line.replace('"booking-', '"installation-'), /stream is not/],
      ['too deep', () => `${'['.repeat(100)}${']'.repeat(100)}`, /nested too deeply/],
      ['a line left out', () => '', /revision 3 of its stream should stand here/],
    ];
    for (const [what, change, reason] of damaged) {
      const to = makeMemoryEventStore();
      const hit = lines.with(4, change(lines[4] ?? ''));
      expect(await imported(hit, to), what).toEqual(
        E.left({ type: 'BadLine', line: what === 'a line left out' ? 6 : 5, reason: expect.stringMatching(reason) }),
      );
      expect(await size(to), what).toBe(0);
    }
  });

  it('given a log that cannot be written, then it is said', async () => {
    const full: EventStore = {
      ...makeMemoryEventStore(),
      appendInOrder: () => TE.left({ type: 'Unavailable', reason: 'the disk is full' }),
    };
    expect(await imported(await linesOf(), full)).toEqual(E.left({ type: 'Unavailable', reason: 'the disk is full' }));
  });
});
