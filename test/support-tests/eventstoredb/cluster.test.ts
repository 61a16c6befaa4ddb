import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { expect, it } from 'vitest';
import {
  collect,
  describeStandIn,
  newEvents,
  newStream,
  rejection,
} from '../../support/eventstoredb/server-under-test.ts';

describeStandIn('three nodes with one log', { nodes: 3 }, (standIn, client) => {
  /** A client that knows one node alone; with one host there is no gossip. */
  const alone = async <A>(port: number, use: (lone: EventStoreDBClient) => Promise<A>): Promise<A> => {
    const lone = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`);
    try {
      return await use(lone);
    } finally {
      await lone.dispose();
    }
  };
  const follower = () => standIn().ports.find((port) => port !== standIn().leaderPort()) ?? 0;
  const append = (to: EventStoreDBClient, stream: string, requiresLeader = false) =>
    to.appendToStream(stream, newEvents(1), { expectedRevision: NO_STREAM, requiresLeader });

  it('gossip leads to the leader [client discovery.ts; server Cluster.Gossip]', async () => {
    const stream = newStream();
    await append(client(), stream);
    expect(await collect(client().readStream(stream, { requiresLeader: true }))).toHaveLength(1);
  });

  it('a follower forwards an append, and serves a read [server RequestForwardingService.cs]', async () => {
    const stream = newStream();
    await alone(follower(), async (lone) => {
      await append(lone, stream);
      expect(await collect(lone.readStream(stream))).toHaveLength(1);
    });
    expect(await collect(client().readStream(stream))).toHaveLength(1);
  });

  it('a follower names the leader for what needs one; the next call finds it [RpcExceptions.LeaderInfo]', async () => {
    const stream = newStream();
    await alone(follower(), async (lone) => {
      const refused = await rejection(collect(lone.readStream(stream, { requiresLeader: true })));
      expect(refused).toMatchObject({
        type: 'not-leader',
        leader: { address: '127.0.0.1', port: standIn().leaderPort() },
      });
      await append(lone, stream, true);
    });
  });

  it('a change of leader forgets ids; the log is the same', async () => {
    const stream = newStream();
    await append(client(), stream);
    const event = newEvents(1);
    const weak = newStream();
    await client().appendToStream(weak, event);
    const before = standIn().leaderPort();
    standIn().changeLeader();
    expect(standIn().leaderPort()).not.toBe(before);
    await client().appendToStream(weak, event);
    expect(await collect(client().readStream(weak))).toHaveLength(2);
    expect(await collect(client().readStream(stream))).toHaveLength(1);
  });

  it('requires-leader of a first append holds for all that share its call [client batchAppend.ts]', async () => {
    await alone(standIn().leaderPort(), async (lone) => {
      await append(lone, newStream(), true);
      standIn().changeLeader();
      expect(await rejection(append(lone, newStream(), false))).toMatchObject({ type: 'not-leader' });
      await append(lone, newStream(), false);
    });
  });

  it('a leader that dies is followed by another, which clients find by gossip', async () => {
    const stream = newStream();
    const dead = standIn().ports.indexOf(standIn().leaderPort());
    standIn().stop(dead);
    expect(standIn().ports.indexOf(standIn().leaderPort())).not.toBe(dead);
    const seeds = standIn()
      .ports.map((port) => `127.0.0.1:${port}`)
      .join(',');
    const other = EventStoreDBClient.connectionString(`esdb://${seeds}?tls=false`);
    expect(await append(other, stream, true)).toMatchObject({ success: true });
    await other.dispose();
    await standIn().start(dead);
  });

  it('nodes that are down are told to be dead, so that no client goes there [client discovery.ts]', async () => {
    const leader = standIn().ports.indexOf(standIn().leaderPort());
    const others = [...standIn().ports.keys()].filter((index) => index !== leader);
    for (const index of others) standIn().stop(index);
    const seeds = standIn().ports.map((port) => `127.0.0.1:${port}`);
    const wishful = EventStoreDBClient.connectionString(`esdb://${seeds.join(',')}?tls=false&nodePreference=follower`);
    expect(await append(wishful, newStream())).toMatchObject({ success: true });
    await wishful.dispose();
    await standIn().start();
  });

  it('a fault names another port as the leader', async () => {
    const target = follower();
    await alone(standIn().leaderPort(), async (lone) => {
      standIn().faults.next('append', { kind: 'not-leader', port: target });
      expect(await rejection(append(lone, newStream()))).toMatchObject({
        type: 'not-leader',
        leader: { port: target },
      });
      await append(lone, newStream());
    });
  });
});
