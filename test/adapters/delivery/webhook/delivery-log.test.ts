import * as E from 'fp-ts/lib/Either.js';
import { afterEach, describe, expect, test } from 'vitest';
import { makeDeliveryLog } from '../../../../src/adapters/delivery/webhook/delivery-log.ts';
import {
  type DeliveryAttempt,
  type DeliveryFilter,
  type DeliveryLog,
  MAX_DELIVERY_PAGE,
} from '../../../../src/application/ports/delivery.ts';
import { temporaryDataFile } from '../../../support/data-file.ts';

const removing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const remove of removing.splice(0)) await remove();
});

const failed: DeliveryAttempt = {
  deliveryId: 'd1',
  subscriptionId: 's1',
  bookingUid: 'b1',
  trigger: 'BOOKING_CREATED',
  attempt: 1,
  at: '2050-09-05T09:00:00Z',
  outcome: { type: 'failed', message: 'answered 500', status: 500 },
  durationMs: 41,
  nextTryAt: '2050-09-05T09:00:10Z',
};
const delivered: DeliveryAttempt = {
  ...failed,
  attempt: 2,
  outcome: { type: 'delivered', status: 200 },
  nextTryAt: null,
};
const unanswered: DeliveryAttempt = { ...failed, outcome: { type: 'failed', message: 'no answer within 10 s' } };

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left));
  return either.right;
};

const given = async (attempts: ReadonlyArray<DeliveryAttempt>, maxAttempts?: number) => {
  const { file, remove } = await temporaryDataFile();
  removing.push(remove);
  const log = right(makeDeliveryLog({ file, ...(maxAttempts === undefined ? {} : { maxAttempts }) }));
  for (const attempt of attempts) right(await log.record(attempt)());
  return { log, file };
};

const list = async (log: DeliveryLog, filter: DeliveryFilter = {}) =>
  right(await log.list(filter, { limit: MAX_DELIVERY_PAGE })()).attempts;

describe('the delivery log', () => {
  test('lists what was recorded, newest first', async () => {
    const { log } = await given([unanswered, failed, delivered]);
    expect(await list(log)).toStrictEqual([
      { sequence: 3, ...delivered },
      { sequence: 2, ...failed },
      { sequence: 1, ...unanswered },
    ]);
  });

  test('lists by delivery, by subscription, by booking, and by all together', async () => {
    const { log } = await given([
      failed,
      { ...failed, deliveryId: 'd2', bookingUid: 'b2' },
      { ...failed, deliveryId: 'd3', subscriptionId: 's2' },
    ]);
    const sequences = async (filter: DeliveryFilter) => (await list(log, filter)).map(({ sequence }) => sequence);
    expect(await sequences({ deliveryId: 'd2' })).toStrictEqual([2]);
    expect(await sequences({ subscriptionId: 's1' })).toStrictEqual([2, 1]);
    expect(await sequences({ bookingUid: 'b1' })).toStrictEqual([3, 1]);
    expect(await sequences({ bookingUid: 'b1', subscriptionId: 's2' })).toStrictEqual([3]);
    expect(await sequences({ deliveryId: "' OR 1 --" })).toStrictEqual([]);
  });

  test('S44 keeps every attempt of one delivery, also the same number twice after a crash', async () => {
    const { log } = await given([failed, failed, { ...failed, attempt: 2 }, { ...delivered, attempt: 3 }]);
    const attempts = await list(log, { deliveryId: 'd1' });
    expect(attempts.map(({ attempt }) => attempt)).toStrictEqual([3, 2, 1, 1]);
  });

  test('pages without gap or repeat while new attempts come in', async () => {
    const { log } = await given([1, 2, 3, 4, 5].map((attempt) => ({ ...failed, attempt })));
    const first = right(await log.list({}, { limit: 2 })());
    right(await log.record({ ...failed, attempt: 6 })());
    const second = right(await log.list({}, { limit: 2, before: first.next ?? 0 })());
    const third = right(await log.list({}, { limit: 2, before: second.next ?? 0 })());
    const pages = [first, second, third].map(({ attempts }) => attempts.map(({ attempt }) => attempt));
    expect(pages).toStrictEqual([[5, 4], [3, 2], [1]]);
    expect(third.next).toBeNull();
  });

  test('a page that ends exactly at the oldest attempt is the last one', async () => {
    const { log } = await given([failed, delivered]);
    expect(right(await log.list({}, { limit: 2 })()).next).toBeNull();
  });

  test('gives no more than a page, however much is asked for, and never less than one', async () => {
    const { log } = await given(Array.from({ length: MAX_DELIVERY_PAGE + 1 }, () => failed));
    expect(right(await log.list({}, { limit: 1_000_000 })()).attempts).toHaveLength(MAX_DELIVERY_PAGE);
    expect(right(await log.list({}, { limit: 0 })()).attempts).toHaveLength(1);
  });

  test('drops the oldest attempts beyond its bound', async () => {
    const { log } = await given(
      [1, 2, 3, 4, 5].map((attempt) => ({ ...failed, attempt })),
      3,
    );
    expect((await list(log)).map(({ attempt }) => attempt)).toStrictEqual([5, 4, 3]);
  });

  test('finds what an earlier run has recorded', async () => {
    const { file } = await given([failed]);
    const again = right(makeDeliveryLog({ file }));
    expect(await list(again)).toStrictEqual([{ sequence: 1, ...failed }]);
  });

  test('says so when a row is not what was written', async () => {
    const { log, file } = await given([failed]);
    file.db.exec("UPDATE webhook_attempts SET outcome = 'perhaps'");
    expect(await log.list({}, { limit: 1 })()).toMatchObject(E.left({ type: 'Corrupt' }));
  });

  test('says so when the data file does not answer', async () => {
    const { log, file } = await given([]);
    await file.close();
    expect(await log.record(failed)()).toMatchObject(
      E.left({ type: 'Unavailable', reason: 'the data file is closed' }),
    );
    expect(await log.list({}, { limit: 1 })()).toMatchObject(E.left({ type: 'Unavailable' }));
  });
});
