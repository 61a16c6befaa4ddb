import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGroupCommit } from '../../../src/adapters/sqlite/group-commit.ts';
import { storageFailure } from '../../../src/adapters/sqlite/sqlite-error.ts';

describe('group commit', () => {
  let db: DatabaseSync;
  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE notes (text TEXT NOT NULL UNIQUE) STRICT');
  });
  afterEach(() => db.close());

  const note = (text: string) => (on: DatabaseSync) => {
    on.prepare('INSERT INTO notes VALUES (?)').run(text);
    return text;
  };
  const notes = () =>
    db
      .prepare('SELECT text FROM notes ORDER BY text')
      .all()
      .map((row) => row.text);
  const counting = (writer: ReturnType<typeof makeGroupCommit>) => {
    const seen = { committed: 0, rolledBack: 0 };
    writer.join({
      committed: () => {
        seen.committed += 1;
      },
      rolledBack: () => {
        seen.rolledBack += 1;
      },
    });
    return seen;
  };

  it('answers with what the task answered', async () => {
    expect(await makeGroupCommit(db).run(note('a'))).toBe('a');
    expect(notes()).toEqual(['a']);
  });

  it('puts tasks that arrive together into one transaction', async () => {
    const writer = makeGroupCommit(db);
    const seen = counting(writer);
    await Promise.all(['a', 'b', 'c'].map((text) => writer.run(note(text))));
    expect(seen.committed).toBe(1);
  });

  it('answers no task before its transaction is committed', async () => {
    const writer = makeGroupCommit(db);
    const order: Array<string> = [];
    writer.join({ committed: () => order.push('committed'), rolledBack: () => undefined });
    await Promise.all(['a', 'b'].map((text) => writer.run(note(text)).then(() => order.push(`answered ${text}`))));
    expect(order).toEqual(['committed', 'answered a', 'answered b']);
  });

  it('lets a task that throws fail alone', async () => {
    const writer = makeGroupCommit(db);
    const results = await Promise.allSettled([writer.run(note('a')), writer.run(note('a')), writer.run(note('b'))]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(notes()).toEqual(['a', 'b']);
  });

  it('undoes what a task wrote before it threw', async () => {
    const writer = makeGroupCommit(db);
    const half = writer.run((on) => {
      note('half')(on);
      throw new Error('in the middle');
    });
    await expect(half).rejects.toThrow('in the middle');
    expect(notes()).toEqual([]);
  });

  it('tells listeners about each rollback', async () => {
    const writer = makeGroupCommit(db);
    const seen = counting(writer);
    await Promise.allSettled([writer.run(note('a')), writer.run(note('a'))]);
    expect(seen).toEqual({ committed: 1, rolledBack: 2 });
  });

  it('puts no more than the biggest batch into one transaction, and keeps the order', async () => {
    const writer = makeGroupCommit(db, { maxBatch: 4 });
    const seen = counting(writer);
    const order: Array<number> = [];
    await Promise.all(Array.from({ length: 10 }, (_, n) => writer.run(() => order.push(n))));
    expect(seen.committed).toBe(3);
    expect(order).toEqual(Array.from({ length: 10 }, (_, n) => n));
  });

  it('finishes what is queued when it is closed, and refuses the rest', async () => {
    const writer = makeGroupCommit(db);
    const queued = writer.run(note('a'));
    const closing = writer.close();
    await expect(writer.run(note('b'))).rejects.toThrow('closed');
    await closing;
    expect(await queued).toBe('a');
  });

  it('waits for the disk as long as it is told to', async () => {
    const writer = makeGroupCommit(db, { fsyncDelayMs: 30 });
    const start = performance.now();
    await Promise.all([writer.run(note('a')), writer.run(note('b'))]);
    const took = performance.now() - start;
    expect(took).toBeGreaterThanOrEqual(29);
  });

  it('does not know the outcome when the disk fails at COMMIT, and writes no more', async () => {
    const prepare = db.prepare.bind(db);
    const ioError = Object.assign(new Error('disk I/O error'), { errcode: 1034 });
    const failing = () => {
      throw ioError;
    };
    Object.assign(db, {
      prepare: (sql: string) => (sql === 'COMMIT' ? Object.assign(prepare(sql), { run: failing }) : prepare(sql)),
    });
    const writer = makeGroupCommit(db);
    const results = await Promise.allSettled([writer.run(note('a')), writer.run(note('b'))]);
    const failures = results.map((result) =>
      result.status === 'rejected' ? storageFailure(result.reason).type : 'ok',
    );
    expect(failures).toEqual(['OutcomeUnknown', 'OutcomeUnknown']);
    const later = await writer.run(note('c')).catch(storageFailure);
    expect(later).toMatchObject({ type: 'Unavailable', reason: expect.stringContaining('restart') });
  });

  it('answers everybody when even the rollback fails, and writes no more', async () => {
    const exec = db.exec.bind(db);
    Object.assign(db, {
      exec: (sql: string) => {
        if (sql === 'ROLLBACK') throw Object.assign(new Error('disk I/O error'), { errcode: 266 });
        exec(sql);
      },
    });
    const writer = makeGroupCommit(db);
    const failed = () => {
      throw new Error('a fault in a task');
    };
    const results = await Promise.allSettled([writer.run(note('a')), writer.run(failed), writer.run(note('b'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    const later = await writer.run(note('c')).catch(storageFailure);
    expect(later).toMatchObject({ type: 'Unavailable', reason: expect.stringContaining('restart') });
    await writer.close();
  });

  it('answers everybody when a listener throws over a rollback, and writes no more', async () => {
    const writer = makeGroupCommit(db);
    const faulty = () => {
      throw new Error('a fault in a listener');
    };
    writer.join({ committed: () => undefined, rolledBack: faulty });
    const results = await Promise.allSettled([writer.run(faulty), writer.run(note('b'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await writer.run(note('c')).catch(storageFailure)).toMatchObject({ type: 'Unavailable' });
    expect(notes()).toEqual([]);
    await writer.close();
  });

  it('writes nothing twice when a listener throws over a commit: the outcome is not known', async () => {
    const writer = makeGroupCommit(db);
    db.exec('DROP TABLE notes; CREATE TABLE notes (text TEXT NOT NULL) STRICT');
    writer.join({
      committed: () => {
        throw new Error('a fault in a listener');
      },
      rolledBack: () => undefined,
    });
    const results = await Promise.allSettled([writer.run(note('a')), writer.run(note('b'))]);
    const failures = results.map((result) =>
      result.status === 'rejected' ? storageFailure(result.reason).type : 'ok',
    );
    expect(failures).toEqual(['OutcomeUnknown', 'OutcomeUnknown']);
    expect(notes()).toEqual(['a', 'b']);
    await writer.close();
  });

  it('runs the tasks of a batch alone when the disk is full at COMMIT', async () => {
    const prepare = db.prepare.bind(db);
    let commits = 0;
    const commit = prepare('COMMIT');
    const full = () => {
      commits += 1;
      if (commits === 1) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
      return commit.run();
    };
    Object.assign(db, { prepare: (sql: string) => (sql === 'COMMIT' ? { run: full } : prepare(sql)) });
    const writer = makeGroupCommit(db);
    expect(await Promise.all([writer.run(note('a')), writer.run(note('b'))])).toEqual(['a', 'b']);
    expect(commits).toBe(3);
  });
});
