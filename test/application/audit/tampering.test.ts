import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seeded } from '../../support/faulty-event-store.ts';
import { openTamperableLog } from '../../support/tamperable-log.ts';

describe('tampering with a log', () => {
  let log: Awaited<ReturnType<typeof openTamperableLog>>;
  beforeEach(async () => {
    log = await openTamperableLog();
  });
  afterEach(() => log.remove());

  it('given 200 random tamperings, then each is found, or an earlier root tells of it', async () => {
    const { audit, rows, write, forge, streamAt, file } = log;
    const random = seeded(20_261_126);
    const before = (await audit()).tree;
    const original = rows();
    const pick = (count: number): number => Math.floor(random() * count);
    const kinds = ['change', 'forge', 'drop', 'swap', 'insert', 'cut'] as const;
    const missed: string[] = [];
    for (let round = 0; round < 200; round += 1) {
      const kind = kinds[pick(kinds.length)] ?? 'change';
      const at = pick(original.length);
      const { position = 0, body } = original[at] ?? {};
      const other = original[(at + 1 + pick(original.length - 1)) % original.length];
      file.db.exec('BEGIN');
      if (kind === 'change') write(position, { ...body, actor: { kind: 'host', id: String(round) } });
      if (kind === 'forge')
        forge(streamAt(position), (events) =>
          events.map((event) => (event.id === body?.id ? { ...event, causationId: String(round) } : event)),
        );
      if (kind === 'drop') file.db.prepare('DELETE FROM events WHERE position = ?').run(position);
      if (kind === 'cut') file.db.prepare('DELETE FROM events WHERE position >= ?').run(position);
      if (kind === 'swap') {
        write(position, other?.body);
        write(other?.position ?? 0, body);
      }
      if (kind === 'insert') write(position, { ...other?.body, id: body?.id });
      const { findings, tree } = await audit();
      const cut = tree.size() < before.size();
      const altered = Buffer.compare(tree.root(), before.root(tree.size())) !== 0;
      if (findings.length === 0 && !cut && !altered) missed.push(`${kind} at ${position}`);
      if (!['cut', 'drop', 'forge'].includes(kind) && findings.length === 0)
        missed.push(`${kind} at ${position} by itself`);
      file.db.exec('ROLLBACK');
    }
    expect(missed).toEqual([]);
    expect((await audit()).findings).toEqual([]);
  });
});
