import { createHash } from 'node:crypto';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

/** The log has digests of its own. */
const OF_THE_LOG: ReadonlySet<string> = new Set(['events', 'streams']);

const bytesOf = (value: SQLOutputValue | Uint8Array): Uint8Array =>
  value instanceof Uint8Array ? value : Buffer.from(value === null ? '' : String(value));

/**
 * SHA-256 in hex over all that is in a data file beside its log, row by row as it lies there, and over `besides`. `except`: a
 * table that does not count.
 */
export const contentDigest = (path: string, besides: ReadonlyMap<string, Uint8Array>, except: string): string => {
  const hash = createHash('sha256');
  // With its type and length, so that no two contents are written alike.
  const add = (value: SQLOutputValue | Uint8Array): void => {
    const bytes = bytesOf(value);
    hash.update(`${value instanceof Uint8Array ? 'blob' : value === null ? 'null' : typeof value} ${bytes.length}\n`);
    hash.update(bytes);
  };
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const schema = db
      .prepare('SELECT type, name, sql FROM sqlite_schema WHERE tbl_name <> ? ORDER BY type, name')
      .all(except);
    for (const { type, name, sql } of schema) {
      for (const value of [type, name, sql]) add(value ?? null);
      if (type !== 'table' || OF_THE_LOG.has(String(name))) continue;
      const rows = db.prepare(`SELECT * FROM "${String(name).replaceAll('"', '""')}" NOT INDEXED`);
      rows.setReadBigInts(true);
      for (const row of rows.iterate()) for (const value of Object.values(row)) add(value);
    }
    for (const [name, content] of [...besides].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      add(name);
      add(content);
    }
    return hash.digest('hex');
  } finally {
    db.close();
  }
};
