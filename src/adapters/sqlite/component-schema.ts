import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import { integerColumn } from './columns.ts';
import type { DataFileError } from './data-file-error.ts';
import { openFailure } from './inspect-file.ts';

/**
 * The tables of one part of the program. Migration n brings version n to n + 1; one that was released is never changed,
 * a new one is added to the end.
 */
export type ComponentSchema = { readonly component: string; readonly migrations: ReadonlyArray<string> };

export const COMPONENT_VERSIONS =
  'CREATE TABLE component_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT';

const versionOf = (db: DatabaseSync, component: string): number => {
  const row = db.prepare('SELECT version FROM component_versions WHERE component = ?').get(component);
  return row === undefined ? 0 : integerColumn(row.version);
};

/** Runs the migrations that the file has not seen, all of them or none. */
export const migrate =
  (db: DatabaseSync, path: string) =>
  ({ component, migrations }: ComponentSchema): E.Either<DataFileError, void> => {
    try {
      const found = versionOf(db, component);
      const known = migrations.length;
      if (found > known) return E.left({ type: 'NewerSchema', path, component, found, known });
      if (found === known) return E.right(undefined);
      db.exec('BEGIN IMMEDIATE');
      for (const migration of migrations.slice(found)) db.exec(migration);
      db.prepare('INSERT OR REPLACE INTO component_versions VALUES (?, ?)').run(component, known);
      db.exec('COMMIT');
      return E.right(undefined);
    } catch (thrown) {
      if (db.isTransaction) db.exec('ROLLBACK');
      return E.left(openFailure(path, thrown));
    }
  };
