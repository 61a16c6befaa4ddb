/** P8 and P9: appends of the embedded store against a bare database. `--events=n`: size of the big log of P9. */
import { join } from 'node:path';
import { openBare } from './support/bare-sqlite.ts';
import { interleave, numberFlag, quick, ratePerSecond, report } from './support/measure.ts';
import { must, newEvent, newEvents, newStream, openStore, temporaryFolder } from './support/store.ts';

const ROUNDS = numberFlag('rounds', quick ? 5 : 12);
const BIG_LOG = numberFlag('events', quick ? 100_000 : 1_000_000);
const SMALL_LOG = 10_000;
const GROUP_OPERATIONS = quick ? 3_000 : 12_000;
const SINGLE_OPERATIONS = quick ? 400 : 1_500;
const BULK = 100;
const BULK_COMMITS = quick ? 50 : 150;

const folder = temporaryFolder();

const appendAndReadBack = async (): Promise<boolean> => {
  const bare = openBare(join(folder.path, 'bare.sqlite'));
  const { file, store } = openStore(join(folder.path, 'holdfast.sqlite'));
  const ours = async (): Promise<void> => {
    const stream = newStream();
    await must(store.append({ stream, expected: 'no-stream', events: [newEvent()] }));
    await must(store.readStream(stream));
  };
  const bareInGroup = async (): Promise<void> => {
    const stream = newStream();
    await bare.appendInGroup(stream, [newEvent()]);
    bare.read(stream);
  };
  const bareAlone = async (): Promise<void> => {
    const stream = newStream();
    bare.appendAlone(stream, [newEvent()]);
    bare.read(stream);
  };
  const rounds = await interleave(
    [
      { name: 'bare, group commit, 64 in flight', run: () => ratePerSecond(GROUP_OPERATIONS, 64, bareInGroup) },
      { name: 'holdfast, 64 in flight', run: () => ratePerSecond(GROUP_OPERATIONS, 64, ours) },
      { name: 'bare, a commit each, 1 in flight', run: () => ratePerSecond(SINGLE_OPERATIONS, 1, bareAlone) },
      { name: 'holdfast, 1 in flight', run: () => ratePerSecond(SINGLE_OPERATIONS, 1, ours) },
    ],
    ROUNDS,
  );
  await store.close();
  await file.close();
  bare.close();
  const anchors = ['bare, group commit, 64 in flight', 'bare, a commit each, 1 in flight'] as const;
  return report(
    'store append and read back, operations/s',
    rounds,
    [
      { id: 'P8', what: '64 in flight', variant: 'holdfast, 64 in flight', anchor: anchors[0], goal: 0.9 },
      { id: 'P8', what: '1 in flight', variant: 'holdfast, 1 in flight', anchor: anchors[1], goal: 0.9 },
    ],
    quick ? 0.5 : 1,
  );
};

const openFilled = async (name: string, events: number) => {
  const opened = openStore(join(folder.path, name));
  for (let written = 0; written < events; written += 1000) {
    await Promise.all(
      Array.from({ length: 100 }, () =>
        must(opened.store.append({ stream: newStream(), expected: 'no-stream', events: newEvents(10) })),
      ),
    );
  }
  return opened;
};

const bulkAppend = async (): Promise<boolean> => {
  const small = await openFilled('small.sqlite', SMALL_LOG);
  const big = await openFilled('big.sqlite', BIG_LOG);
  const batch = newEvents(BULK);
  const bulk =
    ({ store }: typeof small) =>
    async (): Promise<number> => {
      const commits = await ratePerSecond(BULK_COMMITS, 1, async () => {
        await must(store.append({ stream: newStream(), expected: 'no-stream', events: batch }));
      });
      return commits * BULK;
    };
  const names = [`${BULK} a commit at ${SMALL_LOG} events`, `${BULK} a commit at ${BIG_LOG} events`] as const;
  const rounds = await interleave(
    [
      { name: names[0], run: bulk(small) },
      { name: names[1], run: bulk(big) },
    ],
    ROUNDS,
  );
  for (const { store, file } of [small, big]) {
    await store.close();
    await file.close();
  }
  return report(
    'store bulk append, events/s',
    rounds,
    [{ id: 'P9', what: `at ${BIG_LOG} events`, variant: names[1], anchor: names[0], goal: 0.95 }],
    quick ? 0.5 : 1,
  );
};

try {
  const reached = [await appendAndReadBack(), await bulkAppend()];
  process.exitCode = reached.every(Boolean) ? 0 : 1;
} finally {
  folder.remove();
}
