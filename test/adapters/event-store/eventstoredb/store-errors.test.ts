import { ErrorType } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../../src/adapters/event-store/eventstoredb/wire-event.ts';
import { fromApplication } from '../../../../src/http/errors/from-application.ts';
import { statusByCode } from '../../../../src/http/errors/api-error.ts';
import { event } from '../../../contract/event-store/harness.ts';
import type { Fault } from '../../../support/eventstoredb/fault-plan.ts';
import { startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { openStore } from './opened-store.ts';

type Answer = E.Either<Parameters<typeof fromApplication>[0], unknown>;

/** What HTTP makes of it. */
const shown = (answer: Answer): string => {
  if (E.isRight(answer)) return 'fine';
  const { code } = fromApplication(answer.left);
  return `${code} ${statusByCode[code]}`;
};

/** What the port answers when every read ends like that. */
const reads = async (faultOf: (port: number) => Fault) => {
  const standIn = await startEventStoreDbStandIn();
  const { store } = await openStore(standIn.connectionString);
  standIn.faults.always('read', faultOf(standIn.leaderPort()));
  const answers = await Promise.all([store.readStream('booking-1')(), store.readAll(0, 10)(), store.head()()]);
  await store.close();
  await standIn.close();
  return answers.map(shown);
};

/** What it answers when every append ends like that: one after the other, since the client keeps all appends in one table. */
const appends = async (faults: ReadonlyArray<Fault>) => {
  const standIn = await startEventStoreDbStandIn();
  const { store } = await openStore(standIn.connectionString);
  const answers: Array<string> = [];
  for (const [number, fault] of faults.entries()) {
    standIn.faults.always('append', fault);
    answers.push(
      shown(await store.append({ stream: `booking-${number}`, expected: 'no-stream', events: [event()] })()),
    );
  }
  await store.close();
  await standIn.close();
  return answers;
};

const AWAY = 'store_unavailable 503';
/** Of a write that may have been carried out; it says to ask again with the same key. */
const UNKNOWN = 'outcome_unknown 503';

const codes = Object.entries(status).filter(([, code]) => typeof code === 'number' && code !== status.OK);

describe('every fault of the log is answered 503 (EventStoreDB stand-in)', () => {
  const asStatus = ([name, code]: (typeof codes)[number]): Fault => ({
    kind: 'status',
    code: Number(code),
    details: `as ${name}`,
  });

  it('given a read that ends with a status of gRPC, whichever, then it is an outage', async () => {
    expect(codes).toHaveLength(16);
    const seen = await Promise.all(codes.map((code) => reads(() => asStatus(code))));
    expect(seen).toEqual(codes.map(() => [AWAY, AWAY, AWAY]));
  });

  it('given an append that does, then nobody knows whether it was written', async () => {
    const DENIED = new Set(['PERMISSION_DENIED', 'UNAUTHENTICATED']);
    const seen = await appends(codes.map(asStatus));
    expect(codes.map(([name], index) => [name, seen[index]])).toEqual(
      codes.map(([name]) => [name, DENIED.has(name) ? AWAY : UNKNOWN]),
    );
  });

  it('given an error that the client has a class for, then an outage, or what the class says', async () => {
    const trailers = (port: number) => ({
      'leader-endpoint-host': '127.0.0.1',
      'leader-endpoint-port': String(port),
      'stream-name': 'holdfast-booking-1',
      'group-name': 'group',
      'login-name': 'somebody',
      'scavenge-id': '7',
      'expected-version': '3',
      'actual-version': '4',
      'maximum-append-size': '1000',
      'required-metadata-properties': 'type',
      reason: 'a reason',
    });
    const types = Object.values(ErrorType);
    const seen = await Promise.all(
      types.map(async (exception) => {
        const faultOf = (port: number): Fault => ({
          kind: 'status',
          code: status.FAILED_PRECONDITION,
          details: 'it failed',
          trailers: { ...trailers(port), exception },
        });
        return [exception, await reads(faultOf)] as const;
      }),
    );
    const meaning: Readonly<Record<string, string>> = {
      [ErrorType.STREAM_NOT_FOUND]: 'fine',
      [ErrorType.NO_STREAM]: 'fine',
      [ErrorType.STREAM_DELETED]: 'log_corrupt 500',
    };
    expect(seen.map(([type, [read]]) => [type, read])).toEqual(types.map((type) => [type, meaning[type] ?? AWAY]));
  });

  it.each([
    'Failed to discover after 10 attempts.',
    'No connection established. Last error: Error: connect ECONNREFUSED',
    'read ECONNRESET',
    'premature close',
  ])('given an error without a class: %s, then nothing was sent', (message) => {
    expect(toFailure(new Error(message))).toEqual({ type: 'not-sent', reason: message });
  });

  it.each([
    ['a word', 'a word'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ code: 14 }, '[object Object]'],
  ])('given something thrown that is no error: %s, then the same', (thrown, reason) => {
    expect(toFailure(thrown)).toEqual({ type: 'not-sent', reason });
  });

  it('given "Server Is Not Ready" while nobody leads, then 503 as well', async () => {
    const notReady: Fault = { kind: 'refuse', as: 'not-ready' };
    expect(await reads(() => notReady)).toEqual([AWAY, AWAY, AWAY]);
  });
});
