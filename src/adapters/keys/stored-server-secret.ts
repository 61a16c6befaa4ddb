import type { DatabaseSync } from 'node:sqlite';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { StoreError } from '../../application/ports/event-store.ts';
import type { ComponentSchema } from '../sqlite/component-schema.ts';
import type { DataFile } from '../sqlite/data-file.ts';
import type { DataFileError } from '../sqlite/data-file-error.ts';
import { storageFailure, unexpectedValue } from '../sqlite/sqlite-error.ts';
import { newServerSecret, SERVER_SECRET_BYTES, type ServerSecret } from './server-secret.ts';

const schema: ComponentSchema = {
  component: 'server-secret',
  migrations: [`CREATE TABLE server_secret (id INTEGER PRIMARY KEY CHECK (id = 1), secret BLOB NOT NULL) STRICT`],
};

const keepOrMake =
  (candidate: ServerSecret) =>
  (db: DatabaseSync): ServerSecret => {
    db.prepare('INSERT INTO server_secret VALUES (1, ?) ON CONFLICT DO NOTHING').run(candidate);
    const secret = db.prepare('SELECT secret FROM server_secret').get()?.secret;
    if (!(secret instanceof Uint8Array) || secret.length !== SERVER_SECRET_BYTES) {
      throw unexpectedValue('the server secret has another form');
    }
    return secret;
  };

/** The secret of this installation, made at its first start and durable before it is used. The data file is its owner's alone. */
export const serverSecret = (file: DataFile): TE.TaskEither<DataFileError | StoreError, ServerSecret> =>
  TE.flatMap(
    TE.fromEither<DataFileError | StoreError, void>(file.migrate(schema)),
    (): TE.TaskEither<DataFileError | StoreError, ServerSecret> =>
      TE.tryCatch(() => file.writer.run(keepOrMake(newServerSecret())), storageFailure),
  );
