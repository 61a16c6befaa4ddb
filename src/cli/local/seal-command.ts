import * as E from 'fp-ts/lib/Either.js';
import { sha256Hex } from '../../adapters/hashing/sha256.ts';
import { openSubjectKeys } from '../../adapters/privacy/subject-key-folder.ts';
import { type DataFile, openDataFile } from '../../adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { openEvent, sealLater } from '../../application/privacy/sealing.ts';
import type { SubjectKeys } from '../../application/ports/subject-keys.ts';
import type { Envelope } from '../../domain/log/envelope.ts';
import { mailboxKey } from '../../domain/mail/mail-address.ts';
import { isObject, messageOf } from '../../domain/unknown.ts';
import { type CliContext, type ExitCode, exitCode, startProgress } from '../terminal.ts';
import { endFailed } from './backup-command.ts';
import { dataFolder, hasLog } from './installation-commands.ts';

/** Events that are read, and written over in one transaction. */
const PAGE = 500;

type StoredRow = { readonly position: number; readonly stream: string; readonly event: Envelope };

/** What `audit verify` cannot read is left as it is. */
const rowsAfter = ({ db }: DataFile, position: number): ReadonlyArray<StoredRow | number> =>
  db
    .prepare(
      'SELECT position, name, body FROM events JOIN streams ON streams.id = stream WHERE position > ? ORDER BY position LIMIT ?',
    )
    .all(position, PAGE)
    .map(({ position: at, name, body }) => {
      const parsed = E.tryCatch(() => JSON.parse(String(body)) as Envelope, String);
      return E.isRight(parsed) && isObject(parsed.right?.data)
        ? { position: Number(at), stream: String(name), event: parsed.right }
        : Number(at);
    });

/** Whom a booking is about, by its request, which an earlier sealing that was interrupted may have sealed. */
const attendeeIn = (keys: SubjectKeys, event: Envelope): string | null => {
  if (event.type !== 'BookingRequested') return null;
  const opened = openEvent(keys, event);
  const personal = E.isRight(opened) ? opened.right.data.personal : null;
  return isObject(personal) && isObject(personal.attendee) && typeof personal.attendee.email === 'string'
    ? mailboxKey(personal.attendee.email)
    : null;
};

type OnPage = (position: number) => void;

/** Hashes stay as they are: those of events in the clear cover a digest, which is kept beside the parts. */
const sealAll = async (file: DataFile, keys: SubjectKeys, onPage: OnPage): Promise<number> => {
  const attendees = new Map<string, string>();
  let [position, sealed] = [0, 0];
  for (;;) {
    const rows = rowsAfter(file, position);
    const last = rows.at(-1);
    if (last === undefined) return sealed;
    const changed: Array<readonly [position: number, body: string]> = [];
    for (const row of rows) {
      if (typeof row === 'number') continue;
      const { stream, event } = row;
      const attendee = attendeeIn(keys, event);
      if (attendee !== null) attendees.set(stream, attendee);
      const data = sealLater(keys, sha256Hex, event, attendees.get(stream) ?? stream);
      if (data !== null) changed.push([row.position, JSON.stringify({ ...event, data })]);
    }
    await keys.saved();
    await file.writer.run((db) => {
      const update = db.prepare('UPDATE events SET body = ? WHERE position = ?');
      for (const [at, body] of changed) update.run(body, at);
    });
    sealed += changed.length;
    position = typeof last === 'number' ? last : last.position;
    onPage(position);
  }
};

/**
 * Seals what earlier releases wrote in the clear, in the data file of a stopped server: once, and again where it was
 * interrupted. No hash changes, so signed heads of before still prove the log.
 */
export const sealLog = async (context: CliContext): Promise<ExitCode> => {
  const data = dataFolder(context.env);
  if (E.isLeft(data)) return endFailed(context, data.left);
  const found = hasLog(data.right.file);
  if (E.isLeft(found)) return endFailed(context, found.left);
  if (!found.right)
    return endFailed(context, 'the log is in EventStoreDB, where nothing can be written over [log_elsewhere]');
  const file = openDataFile({ path: data.right.file });
  if (E.isLeft(file)) return endFailed(context, describeDataFileError(file.left));
  try {
    const keys = await openSubjectKeys(data.right.keys);
    if (E.isLeft(keys))
      return endFailed(
        context,
        `the keys in ${keys.left.path} cannot be used: ${keys.left.reason} [privacy_keys_unusable]`,
      );
    const head = Number(file.right.db.prepare('SELECT coalesce(max(position), 0) AS head FROM events').get()?.head);
    const progress = await startProgress(context.terminal, 'sealing');
    const sealed = await sealAll(file.right, keys.right, (position) => progress.at(position, head));
    progress.end();
    // Nothing of what was written over is left in free pages.
    file.right.db.exec('VACUUM');
    if (!(await file.right.purge()))
      return endFailed(context, 'somebody reads the data file: run this once more when they are done [data_file_read]');
    context.terminal.out(`${sealed} events are sealed now; their hashes are as they were`);
    return exitCode.fine;
  } catch (thrown) {
    return endFailed(
      context,
      `the log is not sealed, or not all of it: ${messageOf(thrown)}. What is sealed stays so: run this once more [data_file_unwritable]`,
    );
  } finally {
    await file.right.close();
  }
};
