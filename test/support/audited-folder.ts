import { join } from 'node:path';
import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { DATA_FILE } from '../../src/composition/open-storage.ts';
import { auditedLog, writeAuditedLog } from './audited-log.ts';
import { mustOpen, temporaryFolder } from './data-file.ts';
import { must } from './must.ts';

/** A data folder of the audited log, with what was known when each decision was made. */
export const auditedFolder = async () => {
  const folder = await temporaryFolder();
  const file = mustOpen(join(folder.path, DATA_FILE));
  const store = must(makeSqliteEventStore(file));
  await writeAuditedLog(store, auditedLog(true));
  await store.close();
  await file.close();
  return folder;
};
