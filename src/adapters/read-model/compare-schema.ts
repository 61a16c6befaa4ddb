import { DatabaseSync } from 'node:sqlite';
import type { RowDifference } from './compare-rows.ts';
import { createIndexes, createTables } from './read-model.ts';

const schemaOf = (db: DatabaseSync): ReadonlyMap<string, string> =>
  new Map(
    db
      .prepare(
        "SELECT type, name, coalesce(sql, '') AS sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'",
      )
      .all()
      .map(({ type, name, sql }) => [`${String(type)} ${String(name)}`, String(sql)]),
  );

/** What of the schema of a read model somebody has put in, taken out or changed. */
export const schemaDifferences = (stored: DatabaseSync): ReadonlyArray<RowDifference> => {
  const made = new DatabaseSync(':memory:');
  try {
    createTables(made);
    createIndexes(made);
    const [ours, theirs] = [schemaOf(made), schemaOf(stored)];
    return [...new Set([...ours.keys(), ...theirs.keys()])]
      .filter((key) => ours.get(key) !== theirs.get(key))
      .map((key) => ({ table: 'sqlite_schema', key, column: null, reason: 'it is not what this program makes' }));
  } finally {
    made.close();
  }
};
