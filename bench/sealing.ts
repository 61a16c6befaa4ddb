/**
 * What sealing costs a booking's request beside its append: a guest who is not known yet needs a key, which is durable before
 * anything sealed with it is written; one who is known does not. One after the other, and 64 at once, who share a sync of the
 * folder. `--quick`: a short version.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import { KEY_FOLDER } from '../src/adapters/privacy/key-files.ts';
import { openSubjectKeys } from '../src/adapters/privacy/subject-key-folder.ts';
import { makeSealing } from '../src/application/privacy/sealing.ts';
import { requestData } from '../src/testing/booking-events.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const GUESTS = values.quick ? 100 : 1_000;
const AT_ONCE = 64;

const folder = temporaryFolder();
const opened = await openSubjectKeys(join(folder.path, KEY_FOLDER));
if (E.isLeft(opened)) throw new Error(opened.left.reason);
const keys = opened.right;
const { seal } = makeSealing(keys);

const data = JSON.parse(JSON.stringify(requestData({})));
const mailbox = (round: string, index: number): string => `${round}.${index}@example.com`;
const sealFor = async (guest: string): Promise<number> => {
  const begun = performance.now();
  seal({ id: guest, data }, keys.subjectOf(guest));
  await keys.saved();
  return performance.now() - begun;
};

const oneByOne = async (guest: (index: number) => string): Promise<ReadonlyArray<number>> => {
  const times: number[] = [];
  for (let index = 0; index < GUESTS; index += 1) times.push(await sealFor(guest(index)));
  return times;
};
const manyAtOnce = async (): Promise<ReadonlyArray<number>> => {
  const times: number[] = [];
  for (let begun = 0; begun < GUESTS; begun += AT_ONCE)
    times.push(
      ...(await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => sealFor(mailbox('many', begun + at))))),
    );
  return times;
};

const figuresOf = (what: string, times: ReadonlyArray<number>) => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Number((sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(2));
  return { what, 'p50, ms': at(0.5), 'p99, ms': at(0.99) };
};

try {
  const figures = [
    figuresOf('a new guest, one after the other', await oneByOne((index) => mailbox('new', index))),
    figuresOf('the same guests again', await oneByOne((index) => mailbox('new', index))),
    figuresOf(`new guests, ${AT_ONCE} at once`, await manyAtOnce()),
  ];
  console.table(figures);
  console.log(JSON.stringify({ bench: 'sealing', guests: GUESTS, figures }));
} finally {
  folder.remove();
}
