import { EventStoreDBClient } from '@eventstore/db-client';
import { expect, it } from 'vitest';
import {
  collect,
  describeStandIn,
  newEvents,
  newStream,
  rejection,
} from '../../support/eventstoredb/server-under-test.ts';

const ACL = 'server docs, Security: "Access control lists"';

describeStandIn('TLS and users', { secure: true }, (standIn, client) => {
  const as = async <A>(user: string | undefined, use: (other: EventStoreDBClient) => Promise<A>): Promise<A> => {
    const string = standIn().connectionString.replace('admin:changeit@', user === undefined ? '' : `${user}@`);
    const other = EventStoreDBClient.connectionString(string);
    try {
      return await use(other);
    } finally {
      await other.dispose();
    }
  };
  const append = (to: EventStoreDBClient, stream: string) => to.appendToStream(stream, newEvents(1));

  it(`admin may do everything, over TLS [${ACL}]`, async () => {
    const stream = newStream();
    await append(client(), stream);
    expect(await collect(client().readStream(stream))).toHaveLength(1);
    expect((await collect(client().readAll({ maxCount: 1 }))).length).toBe(1);
  });

  it(`nobody, or a wrong password, may not [${ACL}]`, async () => {
    const stream = newStream();
    expect(await as(undefined, (other) => rejection(append(other, stream)))).toMatchObject({ type: 'access-denied' });
    expect(await as('admin:wrong', (other) => rejection(append(other, stream)))).toMatchObject({
      type: 'access-denied',
    });
  });

  it(`a user who is no admin has streams of users alone [${ACL}]`, async () => {
    const stream = newStream();
    await as('ops:changeit', async (ops) => {
      await append(ops, stream);
      expect(await rejection(collect(ops.readAll({ maxCount: 1 })))).toMatchObject({ type: 'access-denied' });
      expect(await rejection(append(ops, `$${stream}`))).toMatchObject({ type: 'access-denied' });
    });
  });

  it('credentials of one call go to the unary path [client appendToStream]', async () => {
    const credentials = { username: 'admin', password: 'wrong' };
    const refused = client().appendToStream(newStream(), newEvents(1), { credentials });
    expect(await rejection(refused)).toMatchObject({ type: 'access-denied' });
  });

  it('without the CA file the certificate is refused', async () => {
    const [port] = standIn().ports;
    const stranger = EventStoreDBClient.connectionString(`esdb://admin:changeit@localhost:${port}?tls=true`);
    expect(String(await rejection(append(stranger, newStream())))).toMatch(/certificate|UNAVAILABLE/i);
    await stranger.dispose();
  });
});
