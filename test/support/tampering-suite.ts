import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FindingKind } from '../../src/application/audit/finding.ts';
import type { AuditReport } from '../../src/application/audit/verify-log.ts';
import { seeded } from './faulty-event-store.ts';
import { TAMPERINGS } from './tampering-table.ts';
import { toldLog } from './told-log.ts';
import { changed, cut, dropped, exchanged, inserted, redone, swapped, type Told, without } from './tamperings.ts';

/** A log, the files of its engine in the hands of somebody else, and `audit verify` on it. */
export type TamperedEngine = {
  /** What the engine has, in the order of the log. */
  readonly read: () => Promise<Told>;
  /** What is stored from now on, whatever was before. Without a position: behind the event before it. */
  readonly rewrite: (told: Told, isClosed: boolean) => void;
  readonly audit: () => Promise<AuditReport>;
  /** Whether its positions are counted, so that a hole shows. */
  readonly isGapless: boolean;
  readonly close: () => Promise<void>;
};

const ROUNDS = 200;
const SEED = 20_261_127;

/** One tampering at random; `isClosed`: the holes that it leaves in the positions are closed. */
const randomTampering = (told: Told, random: () => number) => {
  const pick = (count: number): number => Math.floor(random() * count);
  const at = pick(told.length);
  const other = (at + 1 + pick(told.length - 1)) % told.length;
  const [stream, otherStream] = [told[at]?.stream ?? '', told[other]?.stream ?? ''];
  const isRedone = random() < 0.5;
  const again = (next: Told, ...streams: ReadonlyArray<string>): Told => (isRedone ? redone(next, ...streams) : next);
  const id = `00000000-0000-4000-8000-${String(pick(1e9)).padStart(12, '0')}`;
  const kinds = {
    actor: () =>
      again(
        changed(told, at, (event) => ({ ...event, actor: { kind: 'host', id } })),
        stream,
      ),
    cause: () =>
      again(
        changed(told, at, (event) => ({ ...event, causationId: id })),
        stream,
      ),
    time: () =>
      again(
        changed(told, at, (event) => ({ ...event, occurredAt: '2050-09-05T08:00:59Z' })),
        stream,
      ),
    data: () =>
      again(
        changed(told, at, (event) => ({ ...event, data: { ...event.data, more: id } })),
        stream,
      ),
    type: () =>
      again(
        changed(told, at, (event) => ({ ...event, type: 'Invented' })),
        stream,
      ),
    drop: () => again(dropped(told, at), stream),
    swap: () => again(swapped(told, at, other), stream, otherStream),
    // What is put in at the very end as a server would have written it is what the log says from then on.
    insert: () => again(inserted(told, at % (told.length - 1), id), told[at % (told.length - 1)]?.stream ?? ''),
    'cut a stream': () => cut(told, stream, told[at]?.revision ?? 0),
    'cut the log': () => told.slice(0, at),
    'take out a stream': () => without(told, stream),
    'exchange two streams': () => exchanged(told, stream, otherStream),
  };
  const names = Object.keys(kinds) as ReadonlyArray<keyof typeof kinds>;
  const kind = names[pick(names.length)] ?? 'drop';
  const isClosed = random() < 0.5;
  const how = `${kind} at ${at} (${stream})${isRedone ? ', redone' : ''}${isClosed ? ', closed' : ''}`;
  return { next: kinds[kind](), how, isClosed, isSame: kind === 'exchange two streams' && stream === otherStream };
};

/** Whether today's log extends what was signed before, as `verify --since` asks. */
const isExtended = ({ tree }: AuditReport, before: AuditReport['tree']): boolean =>
  tree.size() >= before.size() && Buffer.compare(tree.root(before.size()), before.root()) === 0;

/** The tamperings of the guide, and random ones, on an engine. */
export const describeTampering = (engine: string, open: (told: Told) => Promise<TamperedEngine>): void => {
  describe(`tampering with a log in ${engine}`, () => {
    let log: TamperedEngine;
    let told: Told;
    let before: AuditReport['tree'];
    beforeAll(async () => {
      log = await open(toldLog());
      told = await log.read();
      before = (await log.audit()).tree;
    });
    afterAll(() => log.close());

    const audited = async (next: Told, isClosed: boolean): Promise<AuditReport> => {
      log.rewrite(next, isClosed);
      try {
        return await log.audit();
      } finally {
        log.rewrite(told, false);
      }
    };

    it('given nothing done, then nothing is found, and it extends what was signed', async () => {
      const report = await audited(told, false);
      expect(report.findings).toEqual([]);
      expect([report.tree.size(), isExtended(report, before)]).toEqual([told.length, true]);
    });

    it.each(TAMPERINGS)('given $what, then it is found', async ({ alone, gap, isClosed = false, to }) => {
      const report = await audited(to(told), isClosed);
      const expected: ReadonlyArray<FindingKind> = [...alone, ...(gap && log.isGapless ? (['gap'] as const) : [])];
      const kinds = new Set(report.findings.map(({ kind }) => kind));
      expect({ missing: expected.filter((kind) => !kinds.has(kind)), any: kinds.size > 0 }).toEqual({
        missing: [],
        any: expected.length > 0,
      });
      // A content that was changed under its hash leaves the hashes as they were signed; `--since` checks the chains as well.
      expect(isExtended(report, before) && !kinds.has('chain')).toBe(false);
    });

    it(`given ${ROUNDS} random tamperings, then each is found, or what was signed before tells of it`, async () => {
      const random = seeded(SEED);
      const missed: string[] = [];
      let alone = 0;
      for (let round = 0; round < ROUNDS;) {
        const { next, how, isClosed, isSame } = randomTampering(told, random);
        if (isSame) continue;
        round += 1;
        const report = await audited(next, isClosed);
        if (report.findings.length > 0) alone += 1;
        else if (isExtended(report, before)) missed.push(`round ${round}: ${how}`);
      }
      expect(missed, `seed ${SEED}`).toEqual([]);
      expect(alone, `seed ${SEED}: found by verify alone`).toBeGreaterThan(ROUNDS / 2);
      expect((await log.audit()).findings).toEqual([]);
    });
  });
};
