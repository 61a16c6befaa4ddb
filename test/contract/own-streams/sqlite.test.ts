import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeSqliteOwnStreams } from '../../../src/adapters/event-store/embedded/sqlite-own-streams.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { ownStreamsContract } from './own-streams-contract.ts';

ownStreamsContract('in the data file', async () => {
  const { file, remove } = await temporaryDataFile();
  return { store: must(makeSqliteEventStore(file)), streams: must(makeSqliteOwnStreams(file)), close: remove };
});
