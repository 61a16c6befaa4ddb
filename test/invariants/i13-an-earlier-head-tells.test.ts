import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { verifyLog } from '../../src/cli/audit/audit-commands.ts';
import { printHead } from '../../src/cli/audit/head-commands.ts';
import type { CliContext } from '../../src/cli/terminal.ts';
import { DATA_FILE } from '../../src/composition/open-storage.ts';
import type { Envelope } from '../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../src/domain/log/hash-chain.ts';
import { pendingHistory, sealed } from '../support/booking-history.ts';
import { mustOpen, temporaryFolder } from '../support/data-file.ts';
import { seeded } from '../support/faulty-event-store.ts';
import { must, mustRun } from '../support/must.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';

type Line = { readonly stream: string; readonly event: Envelope };
type Change = (lines: ReadonlyArray<Line>, pick: (count: number) => number) => ReadonlyArray<Line>;

const SEEDS = [20_261_127, 4_711];
const ROUNDS = 12;
const HEAD_KEY = 'head-key.pem';

/** What was written when the head was signed, in the order of the log: three bookings, each with its story. */
const honest: ReadonlyArray<Line> = pendingHistory
  .map((_, step) => step)
  .flatMap((step) =>
    ['booking-runa', 'booking-ivar', 'booking-eva'].flatMap((stream) => {
      const event = sealed(stream, pendingHistory)[step];
      return event === undefined ? [] : [{ stream, event }];
    }),
  );

/** What somebody does who can write everything that the server can. `lines`: what had been written when the head was signed. */
const changes: Readonly<Record<string, Change>> = {
  'an event is altered': (lines, pick) => {
    const at = pick(lines.length);
    return lines.map((line, index) =>
      index === at ? { ...line, event: { ...line.event, occurredAt: '2050-01-01T00:00:00Z' } } : line,
    );
  },
  'an event is dropped': (lines, pick) => lines.toSpliced(pick(lines.length), 1),
  'a booking is dropped': (lines, pick) => {
    const gone = lines[pick(lines.length)]?.stream;
    return lines.filter(({ stream }) => stream !== gone);
  },
  'a booking is added before': (lines, pick) =>
    lines.toSpliced(
      pick(lines.length),
      0,
      ...sealed('booking-liv', pendingHistory).map((event) => ({ stream: 'booking-liv', event })),
    ),
  // Each booking keeps its own events in order, so that nothing in the log contradicts it.
  'two bookings are reordered': (lines, pick) => {
    const at = lines.findIndex((line, index) => index >= pick(6) && line.stream !== lines[index + 1]?.stream);
    const [one, other] = [lines[at], lines[at + 1]];
    return one === undefined || other === undefined ? [] : lines.toSpliced(at, 2, other, one);
  },
  'the end is cut': (lines, pick) => lines.slice(0, pick(lines.length)),
};

describe('I13 whoever holds an earlier signed head finds out, whatever the writer of the log can do', () => {
  const folders: { readonly path: string; readonly remove: () => Promise<void> }[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await folder.remove();
  });

  /** A log of these events, every chain made by the rules, with positions that have no gap. */
  const logOf = async (lines: ReadonlyArray<Line>, key?: string): Promise<string> => {
    const folder = await temporaryFolder();
    folders.push(folder);
    if (key !== undefined) await copyFile(key, join(folder.path, HEAD_KEY));
    const file = mustOpen(join(folder.path, DATA_FILE));
    const store = must(makeSqliteEventStore(file));
    const ends = new Map<string, { readonly hash: string; readonly revision: number }>();
    const appends = lines.flatMap(({ stream, event }) => {
      const { hash, revision } = ends.get(stream) ?? { hash: GENESIS_HASH, revision: -1 };
      const events = seal(sha256Hex)(hash, [event]);
      ends.set(stream, { hash: events[0]?.hash ?? hash, revision: revision + 1 });
      return [{ stream, expected: revision === -1 ? ('no-stream' as const) : revision, events }];
    });
    await mustRun(store.appendInOrder(appends));
    await store.close();
    await file.close();
    return folder.path;
  };

  const run = async (path: string, command: (context: CliContext) => Promise<number>) => {
    const terminal = recordingTerminal();
    const code = await command({ terminal, env: { HOLDFAST_DATA: path }, end: () => undefined });
    return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') };
  };
  const headOf = async (path: string): Promise<string> =>
    `${(await run(path, (context) => printHead(context, {}))).out}\n`;
  const since = (path: string, head: string) => run(path, (context) => verifyLog(context, { since: head }));

  it.each(SEEDS)('everything is written anew and signed with the same key (seed %i)', async (seed) => {
    const random = seeded(seed);
    const pick = (count: number): number => Math.floor(random() * count);
    const path = await logOf(honest);
    const kept = join(path, 'kept-elsewhere.txt');
    await writeFile(kept, await headOf(path));
    const later = sealed('booking-odd', pendingHistory).map((event) => ({ stream: 'booking-odd', event }));

    const grown = await logOf([...honest, ...later.slice(0, pick(later.length))], join(path, HEAD_KEY));
    expect(await since(grown, kept)).toMatchObject({ code: 0 });

    const kinds = Object.entries(changes);
    for (let round = 0; round < ROUNDS; round += 1) {
      const [kind = '', change] = kinds[round % kinds.length] ?? [];
      const changed = change?.(honest, pick) ?? [];
      // Longer than the log was, so that its length does not tell; where the end is cut, there is no more.
      const forged = await logOf(kind === 'the end is cut' ? changed : [...changed, ...later], join(path, HEAD_KEY));
      const { code, err } = await since(forged, kept);
      expect([kind, code, err], `seed ${seed}, round ${round}`).toEqual([
        kind,
        1,
        expect.stringMatching(/are not those of the signed head|its end was cut off|empty/),
      ]);
      // Their own head is signed by the right key, and no proof of anything older.
      if (changed.length > 0) expect(await headOf(forged)).toContain('holdfast');
    }
  });

  it('a reordered log contradicts itself nowhere: it is the head that tells', async () => {
    const reordered = changes['two bookings are reordered']?.(honest, () => 0) ?? [];
    const path = await logOf(reordered);
    expect(reordered).not.toEqual(honest);
    expect(await run(path, (context) => verifyLog(context, {}))).toMatchObject({ code: 0 });
  });
});
