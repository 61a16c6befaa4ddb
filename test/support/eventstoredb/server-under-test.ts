import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { REAL_SERVER } from './place-of-log.ts';
import { type ServerVersion, VERSIONS, versionLike } from './server-version.ts';
import { type EventStoreDbStandIn, type StandInOptions, startEventStoreDbStandIn } from './stand-in.ts';

/** What a suite says it ran against. */
export const serverName = REAL_SERVER === undefined ? 'EventStoreDB stand-in' : 'EventStoreDB, a real server';

let current: string | undefined = REAL_SERVER;

/** What other processes connect with: the server of the suite that runs in this file. */
export const connectionString = (): string => {
  if (current === undefined) throw new Error('no server yet');
  return current;
};

const absent = (): never => {
  throw new Error('no server yet');
};

const skipped = (name: string, reason: string, cases: () => void): void => {
  console.warn(`skipped: ${name}: ${reason}`);
  describe.skip(`${name}: skipped, ${reason}`, cases);
};

/** A client keeps it to itself. */
const versionOf = async (client: EventStoreDBClient): Promise<ServerVersion> =>
  versionLike(String(Reflect.get(Object(await Reflect.get(client, 'capabilities')), 'serverVersion')));

type Cases = (client: () => EventStoreDBClient, version: () => ServerVersion) => void;

const describeOn = (name: string, options: StandInOptions, cases: Cases): void => {
  describe(`${serverName}${options.olderServer === undefined ? '' : ` as ${options.olderServer}`}: ${name}`, () => {
    let standIn: EventStoreDbStandIn | undefined;
    let client: EventStoreDBClient | undefined;
    let version: ServerVersion | undefined;
    beforeAll(async () => {
      standIn = REAL_SERVER === undefined ? await startEventStoreDbStandIn(options) : undefined;
      current = standIn?.connectionString ?? REAL_SERVER ?? '';
      client = EventStoreDBClient.connectionString(current);
      version = options.olderServer ?? (await versionOf(client));
    });
    afterAll(async () => {
      if (client !== undefined && standIn === undefined) await takeOut(client);
      await client?.dispose();
      await standIn?.close();
    });
    cases(
      () => client ?? absent(),
      () => version ?? absent(),
    );
  });
};

/**
 * Rules are asked of the stand-in, as each of the versions that it plays, or of a real server when
 * `HOLDFAST_TEST_EVENTSTOREDB` holds its connection string.
 */
export const describeRules = (name: string, options: StandInOptions, cases: Cases): void => {
  if (REAL_SERVER === undefined) {
    for (const olderServer of VERSIONS) describeOn(name, { ...options, olderServer }, cases);
  } else if (options.batchAppend === false) {
    skipped(name, 'a real server offers batch appends', () => cases(absent, absent));
  } else {
    describeOn(name, options, cases);
  }
};

/** Cases that need the stand-in's levers: skipped, with the reason, when a real server is asked. */
export const describeStandIn = (
  name: string,
  options: StandInOptions,
  cases: (standIn: () => EventStoreDbStandIn, client: () => EventStoreDBClient) => void,
): void => {
  if (REAL_SERVER !== undefined) {
    skipped(name, 'it needs faults, restarts, clocks or users that only the stand-in can be told', () =>
      cases(absent, absent),
    );
    return;
  }
  describe(`${serverName}: ${name}`, () => {
    let standIn: EventStoreDbStandIn | undefined;
    let client: EventStoreDBClient | undefined;
    beforeAll(async () => {
      standIn = await startEventStoreDbStandIn(options);
      client = EventStoreDBClient.connectionString(standIn.connectionString);
    });
    afterAll(async () => {
      await client?.dispose();
      await standIn?.close();
    });
    cases(
      () => standIn ?? absent(),
      () => client ?? absent(),
    );
  });
};

/** A rule with the place that it comes from: the vendor's page, or the file of the server's or client's source. */
export const rule = (name: string, source: string, proof: () => Promise<void>): void =>
  it(`${name} [${source}]`, proof);

/** Streams of the cases so far, to be taken out of a real server's database again. */
const named = new Set<string>();

/** A stream of a category that nobody else writes to. */
export const newStream = (category = 'rule'): string => {
  const stream = `${category}${randomUUID().replaceAll('-', '')}-1`;
  named.add(stream);
  return stream;
};

/** One that was never written or is gone already, by a tombstone even, has nothing to be taken out. */
const takeOut = async (client: EventStoreDBClient): Promise<void> => {
  for (const stream of named) {
    const [left] = await collect(client.readStream(stream, { maxCount: 1 })).catch(() => []);
    if (left !== undefined) await client.deleteStream(stream);
  }
  named.clear();
};

export const newEvent = (data: Readonly<Record<string, string | number>> = {}, type = 'RuleTried', id = randomUUID()) =>
  jsonEvent({ id, type, data });

export const newEvents = (count: number) => Array.from({ length: count }, (_, number) => newEvent({ number }));

/** Everything that a read gives. */
export const collect = async <A>(readable: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const found: Array<A> = [];
  for await (const item of readable) found.push(item);
  return found;
};

/** What an action was rejected with; throws if it was not. */
export const rejection = async (action: Promise<unknown>): Promise<unknown> => {
  try {
    await action;
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
};
